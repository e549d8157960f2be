/**
 * components/platform/manifests: the manifests that CNPG and the Barman Cloud plugin are released with, as JSON, so that a
 * platform needs no download and no parser. Their source is the projects' Go modules, whose hash is pinned.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { type CrdModule, downloadModule, type Generated, SourceUnavailable } from "./crds";

interface ReleaseModule extends Pick<CrdModule, "path" | "version" | "sum"> {
  /** The manifest in the module. */
  readonly file: string;
  /** SHA-256 of the manifest, which the projects' downloads have too. */
  readonly sha256: string;
  readonly name: string;
}

const cnpg = "github.com/cloudnative-pg/cloudnative-pg";

/** The pinned releases: those that `components/platform/releases.ts` knows images of. */
export const releaseModules: readonly ReleaseModule[] = [
  {
    name: "operator-1.30.0",
    path: cnpg,
    version: "v1.30.0",
    sum: "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=",
    file: "releases/cnpg-1.30.0.yaml",
    sha256: "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88",
  },
  {
    name: "operator-1.30.1",
    path: cnpg,
    version: "v1.30.1",
    sum: "h1:d1jxp0jQi7/3zrEhsv9ycD+G5ssmkNvDvTmogaGccCw=",
    file: "releases/cnpg-1.30.1.yaml",
    sha256: "37237f145d8138256ea25ae830f87759255665ff08f8d552fdd8224a5ec032fb",
  },
  {
    name: "plugin-0.15.0",
    path: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: "v0.15.0",
    sum: "h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=",
    file: "manifest.yaml",
    sha256: "a1d8c5315be2fb87d2bfebbdfd32507edba55a837e5c24a4158c5839014525e8",
  },
];

const folder = "components/platform/manifests";

/** The manifests; with `check`, a machine that can't get the modules leaves them as they are, and says so. */
export function generateReleases(root: string, check: boolean): Generated {
  const wanted = new Map(releaseModules.map((module) => [`${folder}/${module.name}.json`, module]));
  const present = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const stale = present.map((name) => `${folder}/${name}`).filter((path) => !wanted.has(path));
  try {
    return { files: new Map([...wanted].map(([path, module]) => [path, read(module)])), stale, notes: [] };
  } catch (error) {
    if (!check || !(error instanceof SourceUnavailable)) throw error;
    return { files: new Map(), stale, notes: [`${folder} was not compared with upstream: ${error.message}`] };
  }
}

/** One object a line: a change of a release shows as such. */
function read(module: ReleaseModule): string {
  const text = readFileSync(join(downloadModule(module), module.file), "utf8");
  const found = createHash("sha256").update(text).digest("hex");
  if (found !== module.sha256)
    throw new Error(`${module.path}@${module.version}: ${module.file} has the SHA-256 ${found}`);
  const objects = loadAll(text).filter((object) => typeof object === "object" && object !== null);
  return `[\n${objects.map((object) => JSON.stringify(object)).join(",\n")}\n]\n`;
}
