import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  ClusterSpec,
  DatabaseSpec,
  ObjectStoreSpec,
  PoolerSpec,
  ScheduledBackupSpec,
} from "../../../components/crds/types";
import type { JsonSchema } from "../../../offline/jsonSchema";
import { knownKinds } from "../../../offline/validate";
import {
  modules,
  readCommitted,
  readCrd,
  SourceUnavailable,
  verifiedFolder,
} from "../../../tools/generate/crds";
import { formatJson, stripSchema } from "../../../tools/generate/schema";
import { renderTypes } from "../../../tools/generate/types";

const root = join(__dirname, "../../..");
const ofCnpg = [
  ...["Backup", "Cluster", "ClusterImageCatalog", "Database", "DatabaseRole", "FailoverQuorum"],
  ...["ImageCatalog", "ObjectStore", "Pooler", "Publication", "ScheduledBackup", "Subscription"],
];
const [cnpg] = modules;
assert.ok(cnpg !== undefined);

describe("the committed CRD schemas", () => {
  const { schemas, index } = readCommitted(root);

  it("are there for all kinds of CNPG and some of every other module, and nothing else is", () => {
    const kinds = Object.keys(index);
    const own = Object.entries(index).filter(([, { group }]) => /(^|\.)cnpg\.io$/.test(group));
    assert.deepEqual(own.map(([kind]) => kind).sort(), ofCnpg);
    const used = new Set(Object.values(index).map(({ module }) => module));
    assert.deepEqual([...used].sort(), modules.map(({ path, version }) => `${path}@${version}`).sort());
    const files = readdirSync(join(root, "components/crds/schemas")).sort();
    assert.deepEqual(files, [...kinds.map((kind) => `${kind}.json`), "index.json"].sort());
    for (const kind of kinds)
      assert.ok(
        knownKinds().some((known) => known.endsWith(` ${kind}`)),
        kind,
      );
  });

  it("name the pinned module and hash that they come from", () => {
    const pinned = new Map(modules.map(({ path, version, sum }) => [`${path}@${version}`, sum]));
    for (const [kind, entry] of Object.entries(index))
      assert.equal(pinned.get(entry.module), entry.moduleSum, kind);
  });

  it("stand in the files as the generator formats them", () => {
    for (const [kind, schema] of schemas) {
      const text = readFileSync(join(root, `components/crds/schemas/${kind}.json`), "utf8");
      assert.equal(text, `${formatJson(schema)}\n`);
    }
  });

  it("keep fields called description and drop prose", () => {
    assert.deepEqual(schemas.get("Cluster")?.properties?.spec?.properties?.description, { type: "string" });
    const prose = /"description":"|"message":"/;
    for (const [kind, schema] of schemas) assert.doesNotMatch(JSON.stringify(schema), prose, kind);
  });
});

describe("the generated types", () => {
  it("are what the committed schemas give", () => {
    const { schemas, index } = readCommitted(root);
    const types = readFileSync(join(root, "components/crds/types.ts"), "utf8");
    assert.equal(types, renderTypes(schemas, index), "run `npm run generate`");
  });

  it("take sound specs and refuse unknown fields, wrong enums and missing fields when compiled", () => {
    const cluster = { instances: 3, resources: { limits: { cpu: 2, memory: "8Gi" } } } satisfies ClusterSpec;
    // @ts-expect-error: sizee is no field of storage
    const misspelt = { instances: 3, storage: { sizee: "1Gi" } } satisfies ClusterSpec;
    const destinationPath = "gs://a";
    // @ts-expect-error: no such compression
    const zip: ObjectStoreSpec = { configuration: { destinationPath, wal: { compression: "zip" } } };
    // @ts-expect-error: a schedule is required
    const never = { cluster: { name: "a" } } satisfies ScheduledBackupSpec;
    // @ts-expect-error: an optional field is left out, not undefined
    const absent: DatabaseSpec = { name: "a", owner: "a", cluster: {}, ensure: undefined };
    const pooler: PoolerSpec = {
      cluster: { name: "a" },
      pgbouncer: {},
      template: { spec: { containers: [] } },
    };
    assert.ok([cluster, misspelt, zip, never, absent, pooler].every((spec) => typeof spec === "object"));
  });

  it("name a structure once that occurs more than once", () => {
    const point: JsonSchema = {
      type: "object",
      properties: { latitudeOfPoint: { type: "number" }, longitudeOfPoint: { type: "number" } },
      required: ["latitudeOfPoint"],
    };
    const spec: JsonSchema = {
      type: "object",
      properties: { from: point, stops: { type: "array", items: point }, mode: { enum: ["a", "b"] } },
    };
    const text = renderTypes(new Map([["Trip", { properties: { spec } }]]), {});
    assert.match(text, /export type TripSpec = \{ from\?: From; stops\?: From\[\]; mode\?: "a" \| "b" \};/);
    assert.match(text, /\ntype From = \{ latitudeOfPoint: number; longitudeOfPoint\?: number \};/);
  });
});

describe("the generator", () => {
  it("refuses a module whose hash isn't the pinned one", () => {
    const answer = JSON.stringify({ Dir: "/x", Sum: "h1:other=" });
    assert.throws(() => verifiedFolder(cnpg, answer, ""), /has the hash h1:other=, and h1:fnhV\S+ is pinned/);
    assert.equal(verifiedFolder(cnpg, JSON.stringify({ Dir: "/x", Sum: cnpg.sum }), ""), "/x");
  });

  it("passes on why a module can't be downloaded", () => {
    const answer = JSON.stringify({ Error: "no route to host" });
    assert.throws(
      () => verifiedFolder(cnpg, answer, ""),
      (error) => error instanceof SourceUnavailable && error.message.endsWith("failed: no route to host"),
    );
  });

  it("refuses a schema keyword that nobody has decided about", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string", contentEncoding: "x" } },
    } as JsonSchema;
    assert.throws(
      () => stripSchema(schema, "Cluster"),
      /^Error: Cluster\.a: schema keyword "contentEncoding" is new/,
    );
  });

  it("refuses a CRD that serves two versions", () => {
    const versions = ["v1", "v2"].map((name) => ({ name, served: true, schema: { openAPIV3Schema: {} } }));
    const crd = { spec: { group: "g", scope: "Namespaced", names: { kind: "K", plural: "ks" }, versions } };
    assert.throws(
      () => readCrd(JSON.stringify(crd), "k.yaml", cnpg),
      /^Error: k\.yaml: one served version expected/,
    );
  });

  it("checks the types against the schemas, and says so, where there is no Go", function () {
    // Two runs of the generator, which has Pulumi's analyzer compile the components.
    this.timeout(60_000);
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--import", "tsx", "tools/generate.ts", ...args], {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, PATH: "/nonexistent" },
      });
    const check = run("--check");
    assert.equal(check.status, 0, check.stderr);
    assert.match(check.stderr, /^The CRD schemas were not compared with upstream.*install Go/);
    const write = run();
    assert.equal(write.status, 1);
    assert.match(write.stderr, /^the CRDs come from Go modules; install Go \S+ or newer .*\n$/);
  });
});
