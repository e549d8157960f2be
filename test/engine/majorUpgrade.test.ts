import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterArgs } from "../../components/index";
import { Looking, withLiveCluster } from "./looking";

const image = (tag: string) => `ghcr.io/cloudnative-pg/postgresql:${tag}-standard-trixie`;

describe("A major upgrade, through the real engine", () => {
  const looking = new Looking((folder) => withLiveCluster(folder, "orders-db-g1"));
  const { folder } = looking;
  after(() => looking.remove());

  /** Updates, with a pod that ends with this code. */
  function up(wait: "on" | "off", code: number, cluster: Partial<ClusterArgs>): Promise<number> {
    rmSync(join(folder, "asked"), { force: true });
    writeFileSync(join(folder, "code"), String(code));
    return looking.up(wait, { image: image("17.6"), databases: { orders: {} }, ...cluster });
  }
  const upgraded = { image: image("18.1"), upgrade: { fromMajor: 17 } };
  const clusters = () =>
    JSON.stringify(looking.resources().filter(({ type }) => type.endsWith(":postgresql.cnpg.io/v1:Cluster")));

  it("changes nothing where its new archive has something, and says which folder that is", async () => {
    assert.equal(await up("off", 0, {}), 0, looking.output);
    assert.notEqual(await up("on", 9, upgraded), 0, looking.output);
    assert.match(
      looking.output,
      /orders-db-g1-pg18 is not empty \(.*so the upgraded Cluster may not archive/,
    );
    assert.match(clusters(), /17\.6-standard/);
    assert.doesNotMatch(clusters(), /18\.1-standard/);
  });

  it("goes on where that is empty, having looked before", async () => {
    await up("on", 0, upgraded);
    assert.match(readFileSync(join(folder, "asked"), "utf8"), /^POST .*\/pods$/m);
    assert.match(clusters(), /"serverName":"orders-db-g1-pg18"/);
  });
});
