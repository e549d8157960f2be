import assert from "node:assert/strict";
import { type Used, useLab } from "../use";
import { LabPlatform } from "./labPlatform";

// Each test begins where the one before ended.
describe("A platform on a real Kubernetes that has none", function () {
  this.timeout(900_000);
  this.bail(true);

  let used: Used;
  let platform: LabPlatform;

  before(async function () {
    used = await useLab(this, "node");
    platform = await LabPlatform.without(used);
  });
  after(async () => {
    await platform?.putBack();
    used?.cluster.close();
  });

  const refused = async (expected: RegExp) => {
    const { code, output } = await platform.database.start("--no-policies");
    assert.notEqual(code, 0, output);
    assert.match(output, expected);
    assert.match(output, /To do: /);
  };
  const nothingMade = async () =>
    assert.equal(
      await platform.exists({ apiVersion: "v1", kind: "Namespace", name: platform.database.namespace }),
      false,
    );

  it("is missed before a namespace is made for a database", async () => {
    platform.database.write({ backup: { immediate: false } });
    await refused(/the Kubernetes cluster has no CNPG operator: no kind Cluster/);
    await nothingMade();
  });

  it("is installed from its stack file: the operator and the plugin run, and a second run changes nothing", async () => {
    platform.write({ operator: { version: "1.30.0" } });
    const first = await platform.start();
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(await platform.available(), ["barman-cloud", "cnpg-controller-manager"]);
    const second = await platform.start();
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /Nothing changed/);
  });

  it("is missed without the plugin's Service, and with the plugin in another namespace", async () => {
    await platform.withoutPluginLabel(async () => {
      await refused(/no Service with the label cnpg\.io\/pluginName: \S+ in cnpg-system/);
      await platform.withPluginIn("elsewhere", () =>
        refused(
          /the Barman Cloud plugin is in elsewhere, and the operator looks for it in its own namespace only, cnpg-system/,
        ),
      );
    });
    await nothingMade();
  });

  it("is missed where the operator is older than the settings are for", async () => {
    await platform.withOperatorImage("ghcr.io/cloudnative-pg/cloudnative-pg:1.29.1", () =>
      refused(/is 1\.29\.1, and the settings are for 1\.30\.0/),
    );
    await nothingMade();
  });

  it("is missed where the definitions are older, and would drop a field in silence", async () => {
    await platform.withoutWalArchiver(() =>
      refused(
        /the definition of Cluster on the Kubernetes cluster has no spec\.plugins\[0\]\.isWALArchiver, and would drop it/,
      ),
    );
  });

  it("has all that a database needs: it comes up and archives", async () => {
    const { code, output } = await platform.database.start();
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /refused/);
    const names = await platform.database.store.list(platform.database.bucket);
    assert.ok(
      names.some((name) => name.includes("/wals/")),
      names.join(),
    );
  });

  it("is changed without a restart of Postgres: another configuration, and the manifests of the next patch", async () => {
    const before = await platform.pods();
    const rows = "CREATE TABLE seen (at timestamptz); INSERT INTO seen VALUES (now())";
    await used.cluster.sql(platform.database.namespace, "db", rows);
    platform.write({ operator: { version: "1.30.1", inheritedLabels: ["team"] } });
    const { code, output } = await platform.start();
    assert.equal(code, 0, output);
    assert.match(await platform.configuration(), /INHERITED_LABELS/);
    assert.notDeepEqual(await platform.operatorPods(), before.operator, "the operator's pod is another one");
    assert.equal(await platform.database.sql("SELECT count(*) FROM seen", "1"), "1");
    assert.deepEqual((await platform.pods()).database, before.database, "the database's pods are the same");
    // A field that came with 1.30.1.
    assert.match(await platform.definition("clusters.postgresql.cnpg.io"), /restoreAdditionalCommandArgs/);
  });

  it("leaves its definitions, and so every Cluster, when it is taken away", async () => {
    const { code, output } = await platform.start("--destroy");
    assert.equal(code, 0, output);
    assert.deepEqual(await platform.available(), []);
    await platform.definition("clusters.postgresql.cnpg.io");
    assert.equal(await platform.database.sql("SELECT count(*) FROM seen", "1"), "1");
  });

  it("says how to take over what stayed, and does", async () => {
    const refusal = await platform.start();
    assert.notEqual(refusal.code, 0, refusal.output);
    assert.match(
      refusal.output,
      /it stayed from a platform that was taken away.*PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true/,
    );
    const { code, output } = await platform.takingOver();
    assert.equal(code, 0, output);
    assert.deepEqual(await platform.available(), ["barman-cloud", "cnpg-controller-manager"]);
  });
});
