import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getPulumiCli } from "../../tools/cli";
import { runOffline } from "../../tools/offline/engine";
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

describe("the packed components", () => {
  const offline = new Offline();
  after(() => offline.remove());

  it("run from plain JavaScript in another project, without the sources", async () => {
    const modules = join(offline.folder, "project", "node_modules");
    mkdirSync(join(modules, "pulumi-cnpg"), { recursive: true });
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
      join(modules, "pulumi-cnpg"),
      "--strip-components=1",
    ]);
    assert.equal(opened.code, 0, opened.output);
    symlinkSync(join(root, "node_modules", "@pulumi"), join(modules, "@pulumi"));
    const main = join(offline.folder, "project", "index.js");
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
});
