import assert from "node:assert/strict";
import { mock } from "node:test";
import type { ResourceHook, ResourceHookArgs } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { changeGuards } from "../../components/declare/changeGuard";
import { propagationHooks } from "../../components/declare/propagation";
import { PostgresCluster, propagationWaitVariable } from "../../components/index";
import { record } from "../helpers/mocks";
import { clusterArgs, spec, types } from "../helpers/samples";

const hookArgs = (more: Partial<ResourceHookArgs> = {}): ResourceHookArgs => ({
  urn: "urn:pulumi:test::pulumi-cnpg::t::orders-db" as pulumi.URN,
  id: "id" as pulumi.ID,
  name: "orders-db",
  type: types.cluster,
  ...more,
});
const run = async (hook: ResourceHook, more: Partial<ResourceHookArgs> = {}) => {
  await hook.callback(hookArgs(more));
};

/** The hooks are made once a program; outside of one the mocks stand in for it. */
async function hooks() {
  const { value } = await record(() => ({ guards: changeGuards(), grants: propagationHooks() }));
  return value;
}

async function rendered(more: Parameters<typeof clusterArgs>[0] = {}) {
  const recording = await record(() => new PostgresCluster("orders-db", clusterArgs(more)));
  return { cluster: spec(recording.one(types.cluster)), store: spec(recording.one(types.store)) };
}

describe("The guard of a Cluster", () => {
  it("lets through what CNPG applies to a live cluster", async () => {
    const before = await rendered();
    const after = await rendered({
      storage: { size: "20Gi" },
      resources: { memory: "2Gi", cpu: "1" },
      parameters: { work_mem: "8MB" },
      databases: { orders: { extensions: ["vector"] } },
      labels: { team: "payments" },
    });
    const { guards } = await hooks();
    await run(guards.cluster, { oldInputs: { spec: before.cluster }, newInputs: { spec: after.cluster } });
    await run(guards.objectStore, { oldInputs: { spec: before.store }, newInputs: { spec: after.store } });
  });

  it("refuses what CNPG would accept and ignore, says what it was, and how to get there", async () => {
    const before = await rendered();
    const after = await rendered({ storage: { storageClass: "fast" }, initdb: { dataChecksums: false } });
    const { guards } = await hooks();
    await assert.rejects(
      run(guards.cluster, { oldInputs: { spec: before.cluster }, newInputs: { spec: after.cluster } }),
      ({ message }: Error) => {
        assert.equal(
          message,
          [
            "orders-db: refused, because on a live Cluster this change would be ignored, or break its archive or what it follows",
            "  spec.bootstrap.initdb.dataChecksums: got false, expected true: what it was created with: it counts only when a Cluster is created",
            '  spec.storage.storageClass: got "fast", expected "standard": the volumes that exist keep their class',
            "  Undo it; or raise the cluster's generation to replace it by a new one, empty or as recoverFrom says, with an archive of its own: what the live one holds is then only in its backups.",
          ].join("\n"),
        );
        return true;
      },
    );
  });

  it("refuses to move a live archive, in the Cluster and in the ObjectStore", async () => {
    const before = await rendered();
    const { store } = await rendered({ backup: { prefix: "elsewhere" } });
    const { cluster } = await rendered({ backup: { serverName: "other" } });
    const { guards } = await hooks();
    const stores = { oldInputs: { spec: before.store }, newInputs: { spec: store } };
    await assert.rejects(run(guards.objectStore, stores), /destinationPath.*no base backup yet/);
    const clusters = { oldInputs: { spec: before.cluster }, newInputs: { spec: cluster } };
    await assert.rejects(run(guards.cluster, clusters), /orders-db-g1.*no base backup yet/);
  });
});

describe("The guard of a Database", () => {
  const inputs = (owner: string, more: object = {}) => ({
    metadata: { name: "orders-db-billing", namespace: "orders" },
    spec: { name: "billing", owner, ...more },
  });

  it("lets through whatever leaves it its owner, also once CNPG was told of another", async () => {
    const { guards } = await hooks();
    const newInputs = inputs("shop", { connectionLimit: 5 });
    await run(guards.database, { oldInputs: inputs("shop"), newInputs });
    await run(guards.database, { oldInputs: {}, newInputs });
  });

  it("refuses another owner, to whom nothing inside would belong, and says how to hand it over", async () => {
    const { guards } = await hooks();
    await assert.rejects(
      run(guards.database, {
        name: "orders-db/billing",
        oldInputs: inputs("olda"),
        newInputs: inputs('o\'b "x"'),
      }),
      ({ message }: Error) => {
        assert.equal(
          message,
          [
            'orders-db/billing: refused, because CNPG would make o\'b "x" the owner of database billing and leave all that is in it to olda',
            '  spec.owner: got "o\'b \\"x\\"", expected "olda"',
            "  Undo it; or hand over first, as a superuser in database billing:",
            '    CREATE ROLE "o\'b ""x""";  -- unless there is one',
            '    REASSIGN OWNED BY "olda" TO "o\'b ""x""";  -- other databases of olda too: ALTER DATABASE … OWNER TO "olda" gives one back',
            "  then tell CNPG:",
            `    kubectl patch databases.postgresql.cnpg.io/orders-db-billing -n orders --type merge -p '{"spec":{"owner":"o'\\''b \\"x\\""}}'`,
            "  and run this update with --refresh. See docs/grants.md, Another owner.",
          ].join("\n"),
        );
        return true;
      },
    );
  });
});

describe("The wait for IAM grants", () => {
  const before = process.env[propagationWaitVariable];
  beforeEach(() => {
    // The wait says how long it takes, which belongs into an update and not into a test's output.
    mock.method(console, "log", () => undefined);
  });
  afterEach(() => {
    mock.restoreAll();
    if (before === undefined) delete process.env[propagationWaitVariable];
    else process.env[propagationWaitVariable] = before;
  });

  it("lasts until the newest grant is as old as it has to be", async () => {
    const { grants } = await hooks();
    await run(grants.noteGrant);
    const start = Date.now();
    await run(grants.awaitGrants(1));
    const waited = Date.now() - start;
    assert(waited >= 900 && waited < 5000, `${waited} ms`);
    await run(grants.awaitGrants(1));
    assert(Date.now() - start - waited < 500, "it waited again");
  });

  it("can be overridden from outside, for a run without IAM", async () => {
    const { grants } = await hooks();
    process.env[propagationWaitVariable] = "0s";
    await run(grants.noteGrant);
    const start = Date.now();
    await run(grants.awaitGrants(1800));
    assert(Date.now() - start < 500);
  });

  it("names the variable when what stands in it is no time", async () => {
    const { grants } = await hooks();
    process.env[propagationWaitVariable] = "soon";
    await assert.rejects(run(grants.awaitGrants(1)), (error: Error) => {
      assert(pulumi.RunError.isInstance(error));
      assert.match(error.message, /^PULUMI_CNPG_IAM_PROPAGATION_WAIT: got "soon", expected a time such as/);
      return true;
    });
  });

  it("is one hook for each time, since a hook's name is unique in a program", async () => {
    const { grants } = await hooks();
    assert.equal(grants.awaitGrants(5), grants.awaitGrants(5));
    assert.notEqual(grants.awaitGrants(5).name, grants.awaitGrants(6).name);
  });
});
