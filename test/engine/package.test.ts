import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";
import { load } from "js-yaml";
import { getPulumiCli } from "../../cli";
import { runOffline } from "../../offline/engine";
import { Offline, root, run } from "./offline";

/** A program in plain JavaScript, as somebody who installed the package would write it. */
const program = `
const { PostgresEnvironment, PostgresCluster } = require("pulumi-cnpg");
const environment = new PostgresEnvironment("shop", {
  project: "acme-dev", region: "europe-west1", profile: "dev",
  clusters: { "orders-db": { namespace: "orders", image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie" } },
});
new PostgresCluster("scratch-db", {
  profile: "dev", namespace: "scratch", backup: { enabled: false },
  image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
});
exports.bucket = environment.bucket;
`;

/** A program in TypeScript, as somebody who installed the package would write it, with a type that is right or wrong. */
const typedProgram = (bucket: string): string => `
import { PostgresEnvironment, type ClusterSummary } from "pulumi-cnpg";
const environment = new PostgresEnvironment("shop", { profile: "dev", clusters: {}, backups: { bucket: ${bucket} } });
export const clusters: import("@pulumi/pulumi").Output<{ [key: string]: ClusterSummary }> = environment.clusters;
`;

describe("the packed components", () => {
  const offline = new Offline();
  const project = join(offline.folder, "project");
  const installed = join(project, "node_modules", "pulumi-cnpg");
  before(async () => {
    mkdirSync(installed, { recursive: true });
    const packed = await run("npm", [
      "pack",
      "--workspace",
      "components",
      "--pack-destination",
      offline.folder,
      "--silent",
    ]);
    assert.equal(packed.code, 0, packed.output);
    const archive = readdirSync(offline.folder).find((file) => file.endsWith(".tgz")) ?? "";
    const opened = await run("tar", [
      "-xzf",
      join(offline.folder, archive),
      "-C",
      installed,
      "--strip-components=1",
    ]);
    assert.equal(opened.code, 0, opened.output);
    for (const needed of ["@pulumi", "fastest-levenshtein"])
      symlinkSync(join(root, "node_modules", needed), join(project, "node_modules", needed));
  });
  after(() => offline.remove());

  it("run from plain JavaScript in another project", async () => {
    const main = join(project, "index.js");
    writeFileSync(main, program);

    let output = "";
    const { exitCode, recorder } = await runOffline({
      cli: await getPulumiCli(),
      operation: "up",
      stack: "js",
      project: "shop",
      stackFile: { config: {} },
      folder: offline.folder,
      program: () => Promise.resolve(require(main) as Record<string, unknown>),
      stdio: "pipe",
      onOutput: (text) => {
        output += text;
      },
    });
    assert.equal(exitCode, 0, output);
    assert.match(output, /bucket: "acme-dev-shop-postgres-backups"/);
    const clusters = [...recorder.declared.values()]
      .filter((r) => r.type.endsWith("v1:Cluster"))
      .map((r) => r.urn.split("::").at(-1));
    assert.deepEqual(clusters.sort(), ["scratch-db", "shop/orders-db"]);
  });

  it("are a component package: Pulumi starts it with its own Node.js, and finds all six in it", function () {
    this.timeout(120_000);
    const read = (file: string) => readFileSync(join(installed, file), "utf8");
    assert.deepEqual(load(read("PulumiPlugin.yaml")), { runtime: "nodejs" });
    // What the host for such packages does: it loads the folder, and has the sources analyzed.
    const names = getPulumiComponents(require(installed)).map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "BackupBucket",
      "BackupIdentity",
      "DatabaseClient",
      "PostgresCluster",
      "PostgresEnvironment",
      "PostgresPlatform",
    ]);
    const manifest = JSON.parse(read("package.json")) as { version: string };
    const { components } = new Analyzer(installed, "pulumi-cnpg", manifest, new Set(names)).analyze();
    assert.deepEqual(Object.keys(components).sort(), names);
  });

  for (const [moduleResolution, module] of [
    ["node10", "commonjs"],
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ] as const)
    it(`have types for a program with moduleResolution ${moduleResolution}`, async () => {
      const compile = async (bucket: string) => {
        writeFileSync(join(project, "typed.ts"), typedProgram(bucket));
        const options = ["--module", module, "--moduleResolution", moduleResolution, "--target", "es2022"];
        return run(join(root, "node_modules", ".bin", "tsc"), [
          "--pretty",
          "false",
          ...["--noEmit", "--ignoreConfig", "--strict", "--skipLibCheck", "--ignoreDeprecations", "6.0"],
          ...options,
          join(project, "typed.ts"),
        ]);
      };
      const right = await compile('"acme-backups"');
      assert.equal(right.code, 0, right.output);
      const wrong = await compile("3");
      assert.match(wrong.output, /typed\.ts\(3,.*TS2322: Type 'number' is not assignable to type 'string'/);
      assert.equal(wrong.output.trim().split("\n").length, 1, wrong.output);
    });
});
