import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterIn, Offline } from "../offline";

/** As docs/restore.md has it: what loses its protection is the Cluster, the ObjectStore and the namespace. */
const exempted = ["orders", "orders/orders-db*"].map((resource) => ({
  rule: "cnpg-change-unprotected",
  resource,
  reason: "orders-db is restored in place.",
  expires: "2099-12-31",
}));

const unprotected = { protect: false };
const restored = { generation: 2, recoverFrom: { generation: 1 } };

// Each test begins where the one before ended.
describe("a restore in place in prod, through the real engine and with the policies", function () {
  this.bail(true);
  const offline = new Offline();
  const exemptions = join(offline.folder, "policies.json");
  before(async () => {
    writeFileSync(exemptions, JSON.stringify({ "cnpg-settings": { exemptions: exempted } }));
    const { code, output } = await start({});
    assert.equal(code, 0, output);
  });
  after(() => offline.remove());

  function start(own: object, ...more: string[]) {
    const settings = {
      backup: { manual: { "before-restore": {} } },
      exports: { nightly: { schedule: "0 0 2 * * *" } },
      ...own,
    };
    const file = offline.stackFile("prod", (config) =>
      Object.assign(clusterIn(config, "orders-db"), settings),
    );
    return offline.start(["--stack", "prod", "--stack-file", file, ...more]);
  }
  const exempt = ["--policy-config", exemptions];
  const protectedNow = () =>
    offline
      .state("prod")
      .filter(({ urn, protect }) => protect === true && /::prod\/orders(-db)?$/.test(urn))
      .map(({ type }) => type.split(":").at(-1))
      .sort();
  const all = ["Cluster", "Namespace", "ObjectStore", "ScheduledBackup"];

  it("is stopped by the policies when the protection is taken away without an exemption", async () => {
    const { code, output } = await start(unprotected, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\].*cnpg-change-unprotected.*Cluster: prod\/orders-db/);
    assert.match(output, /\[mandatory\].*cnpg-change-unprotected.*Namespace: prod\/orders/);
  });

  it("is stopped by the engine when the protection goes in the same update, since the old state is asked", async () => {
    const { code, output } = await start({ ...unprotected, ...restored }, ...exempt, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /unable to replace resource .*ScheduledBackup.* marked for protection/);
  });

  it("begins with an update of its own that takes the protection away, and changes nothing else", async () => {
    assert.deepEqual(protectedNow(), all);
    const { code, output } = await start(unprotected, ...exempt);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /replaced|updated|created/);
    assert.deepEqual(protectedNow(), []);
  });

  it("is done by the next, which says that the exemption is of no use any more", async () => {
    const { code, output } = await start({ ...unprotected, ...restored }, ...exempt);
    assert.equal(code, 0, output);
    assert.match(output, /Cluster prod\/orders-db replaced/);
    assert.match(output, /exemption of orders from cnpg-change-unprotected is of no use: take it away/);
    const [cluster] = offline.state("prod").filter(({ urn }) => urn.endsWith("v1:Cluster::prod/orders-db"));
    const inputs = JSON.stringify(cluster?.inputs);
    assert.match(inputs, /"serverName":"orders-db-g2"/);
    assert.match(inputs, /"recovery":/);
  });

  it("is protected again by a third, without exemption", async () => {
    const { code, output } = await start(restored);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /replaced|\[mandatory\]|\[advisory\]/);
    assert.deepEqual(protectedNow(), all);
  });

  it("is not undone by a lower generation, which is refused: it would be an empty Cluster that never archives", async () => {
    const { code, output } = await start({}, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /clusters\.orders-db\.generation: got 1, expected 2, which the cluster has reached/);
  });
});
