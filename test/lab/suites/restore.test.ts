import assert from "node:assert/strict";
import type { KubernetesObject } from "../../../lab/cluster";
import { Store } from "../../../lab/stack/store";
import { type Used, useLab } from "../use";
import { cnpg, LabStack } from "./labStack";
import { eventually } from "./postgres";

const namespace = "v-lost";
const folder = "cnpg/db/db-g1/";

/** The steps of docs/restore.md, "If no primary runs", with `npm start -- --lab` where it says `pulumi up`. */
describe("A restore in place of a cluster whose only instance is lost with its volume, in the lab", function () {
  this.timeout(900_000);
  // Each test begins where the one before ended.
  this.bail(true);
  let used: Used;
  let stack: LabStack;
  let output = "";

  const sql = (statement: string) => used.cluster.sql(namespace, "db", statement, "orders");
  const database = () =>
    used.cluster.get({ apiVersion: cnpg, kind: "Database", name: "db-orders", namespace });
  const restored = { generation: 2, recoverFrom: { generation: 1 } };

  before(async function () {
    used = await useLab(this, "node");
    const { cluster } = used;
    stack = await LabStack.fresh(cluster, new Store(cluster, used.stores), namespace);
    stack.write();
    const begun = await stack.start();
    assert.equal(begun.code, 0, begun.output);
    await sql("CREATE TABLE rows AS SELECT generate_series(1, 100) AS n");
    await eventually("a base backup", 300, async () => {
      const backups = await cluster.list(cnpg, "Backup", { namespace });
      const phases = backups.map(({ status }) => (status as { phase?: string } | undefined)?.phase);
      return phases.includes("completed") ? undefined : `the phases are ${phases.join()}`;
    });
    await sql("INSERT INTO rows SELECT generate_series(101, 150)");
    const segment = await sql("SELECT pg_walfile_name(pg_switch_wal())");
    await eventually(`WAL ${segment}`, 120, async () =>
      (await stack.store.list(namespace, folder)).some((name) => name.includes(segment))
        ? undefined
        : "it is not in the bucket",
    );
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    const all = ["get", "clusters,databases,pods,pvc", "-n", namespace];
    console.error(output, await used.cluster.kubectl(all).catch(String));
  });

  after(async () => {
    await stack?.remove();
    used?.cluster.close();
  });

  it("is lost: no primary, no volume", async () => {
    const kubectl = (...args: string[]) => used.cluster.kubectl([...args, "-n", namespace]);
    await kubectl("delete", "pvc", "--all", "--wait=false");
    await kubectl("delete", "pods", "--all", "--force", "--grace-period=0");
    await eventually("the loss", 120, async () => {
      const [pods, volumes] = await Promise.all(
        ["Pod", "PersistentVolumeClaim"].map((kind) => used.cluster.list("v1", kind, { namespace })),
      );
      return pods?.length === 0 && volumes?.length === 0 ? undefined : "something is still there";
    });
  });

  it("waits for a primary that doesn't run, and says what to do about it", async () => {
    stack.write(restored);
    const remedy =
      /Database v-lost\/db-orders: .*cnpg\.io\/deleteDatabase.*kubectl delete cluster db -n v-lost/;
    const ended = await stack.interrupted(remedy, "SIGINT");
    output = ended.output;
    assert.notEqual(ended.code, 0);
    assert.match(output, remedy);
    const waiting = (await database()) as KubernetesObject;
    assert.notEqual(waiting.metadata.deletionTimestamp, undefined);
  });

  it("has the operator let go of all as soon as the Cluster is deleted", async () => {
    await used.cluster.kubectl(["delete", "cluster", "db", "-n", namespace, "--timeout=120s"]);
    await eventually("the Database's end", 120, async () =>
      (await database()) === undefined ? undefined : "it is there",
    );
  });

  it("is restored by the same update, with every row, and archives under a name of its own", async () => {
    ({ output } = await stack.start());
    assert.equal(await sql("SELECT count(*) FROM rows"), "150");
    assert.match(output, /WAL files?, .* in gs:\/\/v-lost\/cnpg\/db\/db-g2$/m);
    assert.notEqual(await database(), undefined);
    const again = await stack.start();
    output = again.output;
    assert.equal(again.code, 0);
    assert.match(output, /Nothing changed/);
  });
});
