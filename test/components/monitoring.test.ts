import assert from "node:assert/strict";
import { PostgresCluster, PostgresEnvironment } from "../../components/index";
import { clusterArgs, image, recordValid } from "../helpers/samples";

const monitor = "kubernetes:monitoring.coreos.com/v1:PodMonitor";
const rule = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const backend = "prometheusOperator";

describe("What watches clusters, as components declare it", () => {
  it("is declared of a PostgresCluster that stands alone, with rules of its own", async () => {
    const args = clusterArgs({ monitoringSettings: { backend, dashboards: { enabled: false } } });
    const recording = await recordValid(() => new PostgresCluster("orders-db", args));
    assert.equal(recording.one(monitor).name, "orders-db/monitor");
    const { inputs, name } = recording.one(rule);
    assert.equal(name, "orders-db/monitoring/rules");
    assert.match(JSON.stringify(inputs), /CNPGWALArchivingFailing/);
  });

  it("is refused with the paths of its arguments", async () => {
    const args = clusterArgs({ monitoringSettings: { backend, interval: "1s", scrapeTimeout: "2s" } });
    await assert.rejects(
      recordValid(() => new PostgresCluster("orders-db", args)),
      /monitoringSettings\.scrapeTimeout: got "2s", expected less than the interval, 1s/,
    );
  });

  it("does not wait for a Cluster that may never come up, and looks whether its kind is there", async () => {
    const environment = () =>
      new PostgresEnvironment("dev", {
        project: "acme-dev",
        region: "europe-west1",
        profile: "dev",
        monitoring: { backend },
        clusters: { "orders-db": { namespace: "orders", image } },
      });
    const recording = await recordValid(environment);
    for (const type of [monitor, rule]) {
      const { dependsOn, hooks } = recording.one(type).options;
      assert.deepEqual(
        dependsOn.filter((urn) => /:Cluster::/.test(urn)),
        [],
        type,
      );
      assert.deepEqual(hooks?.beforeCreate, ["pulumi-cnpg-served-kinds"], type);
    }
  });

  it("is nothing that is declared without settings", async () => {
    const recording = await recordValid(() => new PostgresCluster("orders-db", clusterArgs()));
    assert.deepEqual(
      recording.resources.filter(({ type }) => /monitoring/.test(type)),
      [],
    );
  });
});
