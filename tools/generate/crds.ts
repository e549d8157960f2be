/**
 * The CRDs of CloudNativePG, of the Barman Cloud plugin, and of External Secrets Operator and cert-manager as far as they are
 * used, as schemas and as TypeScript types.
 *
 * The source is the projects' Go modules: they are immutable and their hash is pinned here, so that the
 * same files come out on every machine.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import type { CrdEntry, JsonSchema } from "../../offline/jsonSchema";
import { formatJson, manifestSchema } from "./schema";
import { renderTypes } from "./types";

/** What one generator makes. */
export interface Generated {
  /** Path from the project's root, and the content that belongs there. */
  files: ReadonlyMap<string, string>;
  /** Files that this generator once wrote and doesn't any more. */
  stale: readonly string[];
  /** What the person who ran it should know. */
  notes: readonly string[];
}

/** A Go module with CRDs: to move to another version change `version` and `sum`, then run `npm run generate`. */
export interface CrdModule {
  path: string;
  version: string;
  /** The `h1:` hash of the module's content, from sum.golang.org or the project's own `go.sum`. */
  sum: string;
  /** Where the CRDs are. Default: `config/crd/bases`. */
  folder?: string;
  /** Which files of that folder to read. */
  files: RegExp;
  /** Which version is typed, where more than one is served. */
  served?: string;
  /** Of a kind with more providers than this project renders, those that are kept. */
  providers?: Readonly<Record<string, readonly string[]>>;
}

/** The pinned versions. */
export const modules: readonly CrdModule[] = [
  {
    path: "github.com/cloudnative-pg/cloudnative-pg",
    version: "v1.30.0",
    sum: "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=",
    files: /^postgresql\.cnpg\.io_.*\.yaml$/,
  },
  {
    path: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: "v0.15.0",
    sum: "h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=",
    files: /^barmancloud\.cnpg\.io_objectstores\.yaml$/,
  },
  {
    path: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    folder: "deploy/crds",
    files: /^cert-manager\.io_certificates\.yaml$/,
  },
  {
    path: "github.com/external-secrets/external-secrets",
    version: "v1.3.2",
    sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
    folder: "config/crds/bases",
    files:
      /^(external-secrets\.io_(externalsecrets|secretstores)|generators\.external-secrets\.io_passwords)\.yaml$/,
    providers: { SecretStore: ["kubernetes"] },
  },
  {
    path: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    folder: "example/prometheus-operator-crd",
    files: /^monitoring\.coreos\.com_(podmonitors|prometheusrules)\.yaml$/,
  },
  {
    path: "github.com/GoogleCloudPlatform/prometheus-engine",
    version: "v0.17.2",
    sum: "h1:b4Sau/04Xn0wqGyGABUzLVOSlM7BxsZHbcYEXP3EDeg=",
    folder: "charts/operator/crds",
    served: "v1",
    files: /^monitoring\.googleapis\.com_(podmonitorings|clusterrules)\.yaml$/,
  },
];

const schemasFolder = "components/crds/schemas";
const typesFile = "components/crds/types.ts";

/** The upstream modules can't be had here: no Go, or no way to the module proxy. */
export class SourceUnavailable extends Error {}

/**
 * Schemas and types of every CRD.
 *
 * With `check`, a machine that can't get the modules still gets the types, made from the committed schemas,
 * and a note that says so; without it that is an error.
 */
export function generateCrds(root: string, check: boolean): Generated {
  try {
    const { schemas, index } = readUpstream();
    const files = new Map([[`${schemasFolder}/index.json`, `${formatJson(index)}\n`]]);
    for (const [kind, schema] of schemas)
      files.set(`${schemasFolder}/${kind}.json`, `${formatJson(schema)}\n`);
    files.set(typesFile, renderTypes(schemas, index));
    const present = existsSync(join(root, schemasFolder)) ? readdirSync(join(root, schemasFolder)) : [];
    const stale = present.map((name) => `${schemasFolder}/${name}`).filter((path) => !files.has(path));
    return { files, stale, notes: [] };
  } catch (error) {
    if (!check || !(error instanceof SourceUnavailable)) throw error;
    const { schemas, index } = readCommitted(root);
    const note = `The CRD schemas were not compared with upstream, only ${typesFile} with the schemas: ${error.message}`;
    return { files: new Map([[typesFile, renderTypes(schemas, index)]]), stale: [], notes: [note] };
  }
}

interface Crds {
  schemas: Map<string, JsonSchema>;
  index: Record<string, CrdEntry>;
}

/** The schemas as they stand in the project. */
export function readCommitted(root: string): Crds {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, schemasFolder, `${name}.json`), "utf8"));
  const index = read("index") as Record<string, CrdEntry>;
  return { schemas: new Map(Object.keys(index).map((kind) => [kind, read(kind) as JsonSchema])), index };
}

function readUpstream(): Crds {
  const found: { kind: string; schema: JsonSchema; entry: CrdEntry }[] = [];
  for (const module of modules) {
    const bases = crdFolder(module);
    for (const file of readdirSync(bases).filter((name) => module.files.test(name))) {
      found.push(readCrd(readFileSync(join(bases, file), "utf8"), file, module));
    }
  }
  found.sort((a, b) => (a.kind < b.kind ? -1 : 1));
  return {
    schemas: new Map(found.map(({ kind, schema }) => [kind, schema])),
    index: Object.fromEntries(found.map(({ kind, entry }) => [kind, entry])),
  };
}

interface CustomResourceDefinition {
  spec: {
    group: string;
    scope: CrdEntry["scope"];
    names: { kind: string; plural: string };
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: JsonSchema } }[];
  };
}

/** One CRD document, reduced to what the project keeps of it. */
export function readCrd(
  text: string,
  file: string,
  module: CrdModule,
): { kind: string; schema: JsonSchema; entry: CrdEntry } {
  const { spec } = load(text) as CustomResourceDefinition;
  const [version, ...others] = spec.versions.filter(
    ({ name, served }) => served && (module.served === undefined || name === module.served),
  );
  if (version === undefined || others.length > 0) {
    throw new Error(
      `${file}: one served version expected; decide in tools/generate/crds.ts which one to type`,
    );
  }
  const { kind, plural } = spec.names;
  keepProviders(version.schema.openAPIV3Schema, module.providers?.[kind]);
  return {
    kind,
    schema: manifestSchema(version.schema.openAPIV3Schema, kind),
    entry: {
      group: spec.group,
      version: version.name,
      plural,
      scope: spec.scope,
      module: `${module.path}@${module.version}`,
      moduleSum: module.sum,
    },
  };
}

/** Takes out the providers of a store that nothing here renders: a SecretStore has forty, in half a megabyte. */
function keepProviders(schema: JsonSchema, kept: readonly string[] | undefined): void {
  const provider = schema.properties?.spec?.properties?.provider;
  if (kept === undefined || provider?.properties === undefined) return;
  provider.properties = Object.fromEntries(
    Object.entries(provider.properties).filter(([name]) => kept.includes(name)),
  );
}

/** Where the CRDs of a module are on this machine. */
export function crdFolder(module: CrdModule): string {
  return join(downloadModule(module), module.folder ?? "config/crd/bases");
}

/** Where Go keeps the unpacked module of a release, once its content is known to be the pinned one. */
export function downloadModule(module: Pick<CrdModule, "path" | "version" | "sum">): string {
  const wanted = `${module.path}@${module.version}`;
  // In an empty folder: a go.mod or go.work above the working directory would change what is resolved.
  const cwd = mkdtempSync(join(tmpdir(), "crds-"));
  try {
    const env = { ...process.env, GOFLAGS: "", GOWORK: "off" };
    const go = spawnSync("go", ["mod", "download", "-json", wanted], { cwd, env, encoding: "utf8" });
    if (go.error !== undefined) {
      throw new SourceUnavailable(
        "the CRDs come from Go modules; install Go 1.21 or newer (https://go.dev/dl) and put `go` on the PATH.",
      );
    }
    return verifiedFolder(module, go.stdout, go.stderr);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Reads what `go mod download -json` printed: the folder, or an error when it isn't the pinned content. */
export function verifiedFolder(
  module: Pick<CrdModule, "path" | "version" | "sum">,
  stdout: string,
  stderr: string,
): string {
  const wanted = `${module.path}@${module.version}`;
  const answer = (stdout.trim() === "" ? {} : JSON.parse(stdout)) as {
    Dir?: string;
    Sum?: string;
    Error?: string;
  };
  if (answer.Error !== undefined || answer.Dir === undefined) {
    const reason = answer.Error ?? stderr.trim();
    throw new SourceUnavailable(`\`go mod download ${wanted}\` failed: ${reason}`);
  }
  if (answer.Sum !== module.sum) {
    throw new Error(
      `${wanted} has the hash ${answer.Sum ?? "(none)"}, and ${module.sum} is pinned: either the module was ` +
        "tampered with, or its version was changed in tools/generate/crds.ts without its sum.",
    );
  }
  return answer.Dir;
}
