import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterArgs } from "../../components/index";
import { Looking, withLiveCluster } from "./looking";

describe("A restore in place, through the real engine", () => {
  const looking = new Looking((folder) => withLiveCluster(folder, "orders-db-g1"));
  const { folder } = looking;
  after(() => looking.remove());

  /** Updates, with a pod that ends with this code. */
  function up(wait: "on" | "off", code: number, life: Partial<ClusterArgs>): Promise<number> {
    rmSync(join(folder, "asked"), { force: true });
    writeFileSync(join(folder, "code"), String(code));
    const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
    return looking.up(wait, { image, databases: { orders: {}, more: {} }, ...life });
  }

  const ofKind = (kind: string) => looking.resources().filter(({ type }) => type.endsWith(`:${kind}`));
  const looks = () =>
    existsSync(join(folder, "asked"))
      ? (readFileSync(join(folder, "asked"), "utf8").match(/^POST .*\/pods$/gm)?.length ?? 0)
      : 0;
  const restored = (target?: { time: string }): Partial<ClusterArgs> => ({
    generation: 2,
    recoverFrom: { generation: 1, database: "orders", ...(target && { target }) },
  });

  it("deletes nothing at all where the archive has not what it asks for, and says what is missing", async () => {
    assert.equal(await up("off", 0, { initdb: { database: "orders" } }), 0, looking.output);
    const urns = () => looking.resources().map(({ urn }) => urn);
    const before = urns().sort();
    assert.notEqual(await up("on", 9, restored()), 0, looking.output);
    assert.match(looking.output, /orders-db-g1 has not what recoverFrom asks for \(there is no WAL\)/);
    assert.doesNotMatch(looking.output, /deleted|replaced/);
    assert.deepEqual(urns().sort(), before);
    assert.match(JSON.stringify(ofKind("Cluster")), /"serverName":"orders-db-g1"/);
    assert.equal(looks(), 1);
  });

  it("replaces the Cluster where it has, having looked before", async () => {
    assert.equal(await up("on", 0, restored()), 0, looking.output);
    // Into the former archive, and into that of its own.
    assert.equal(looks(), 2);
    assert.match(JSON.stringify(ofKind("Cluster")), /"serverName":"orders-db-g2"/);
    assert.equal(ofKind("Database").length, 2);
  });

  it("looks again for the next generation, and lets nothing go for it either", async () => {
    const next = { ...restored({ time: "2026-01-01T00:00:00Z" }), generation: 3 };
    assert.notEqual(await up("on", 9, next), 0, looking.output);
    assert.equal(looks(), 1);
    assert.match(JSON.stringify(ofKind("Cluster")), /"serverName":"orders-db-g2"/);
    assert.equal(ofKind("Database").length, 2);
    assert.equal(ofKind("ScheduledBackup").length, 1);
  });
});
