import assert from "node:assert/strict";
import { load } from "js-yaml";
import { alerts } from "../../../components/monitoring/alerts";
import { selectorsOf } from "../../helpers/promql";
import { type Used, useLab } from "../use";
import { Bucket } from "./bucket";
import { bothReady, primaryOf } from "./operations";
import { eventually, explained, type Postgres, removeAll } from "./postgres";
import { Prometheus } from "./prometheus";
import { namespace, type Watched, watchedClusters } from "./watched";
import { Faults } from "./watchedFaults";
import { panels, unseen } from "./watchedMetrics";

/** Alerts that are made to fire here; the others are in `npm run test:longer`, by promtool, with series that are written down. */
const fired = new Set<string>();

describe("Monitoring in the lab, by a real Prometheus", function () {
  this.timeout(900_000);

  let used: Used;
  let bucket: Bucket;
  let healthy: Postgres;
  let denied: Postgres;
  let watched: Watched;
  let prometheus: Prometheus;
  let faults: Faults;

  before(async function () {
    used = await useLab(this, "node");
    const missing = Prometheus.missing();
    if (missing !== undefined) {
      console.error(`not run: ${missing}`);
      this.skip();
    }
    const { cluster, stores } = used;
    bucket = new Bucket(cluster, namespace);
    watched = await watchedClusters(cluster, { emulator: stores.gcs, refusing: stores.s3.endpoint });
    ({ healthy, denied } = watched);
    faults = new Faults(cluster, healthy, primary);
    await removeAll(cluster, [healthy, denied]);
    await bucket.create();
    await explained([healthy, denied], async () => {
      await Promise.all([healthy.create(), denied.create()]);
      await healthy.ready();
      await healthy.complete();
      await schedule({ schedule: "0 * * * * *" });
      for (const object of healthy.rendered.objects.filter(({ kind }) => kind === "Pooler"))
        await cluster.apply(object);
      await bothReady(healthy);
      await denied.has("condition=Ready");
    });
    prometheus = await Prometheus.start(cluster, watched.rules);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    for (const each of [healthy, denied])
      console.error(await each.explain().catch((error: unknown) => error));
    console.error(await prometheus.firing().catch((error: unknown) => error));
  });

  after(async () => {
    if (watched === undefined) return;
    await prometheus?.stop();
    await removeAll(used.cluster, [healthy, denied]);
    await bucket.remove();
    used.cluster.close();
  });

  const about = (alert: string, of: "healthy" | "denied" | "missing") =>
    `${alert} ${namespace}${of === "denied" ? "-denied" : ""}/d-${of}`;

  /** Waits until an alert fires, or is quiet again. */
  async function until(
    alert: string,
    fires: boolean,
    of: "healthy" | "denied" | "missing" = "healthy",
  ): Promise<void> {
    await eventually(`${alert} ${fires ? "fires" : "is quiet"}`, 180, async () => {
      const now = await prometheus.firing();
      return now.includes(about(alert, of)) === fires ? undefined : now.join(", ");
    });
    if (fires) fired.add(alert);
  }

  /** Changes the schedule of the healthy cluster's base backups, which a stack file can't have so often. */
  function schedule(spec: { readonly schedule?: string; readonly suspend?: boolean }): Promise<string> {
    const { name = "" } = healthy.plan.backup?.scheduledBackup ?? {};
    const patch = ["--type=merge", "-p", JSON.stringify({ spec })];
    return used.cluster.kubectl(["patch", "scheduledbackup", name, "-n", namespace, ...patch]);
  }

  /** Makes a fault, sees its alerts fire, repairs it, and sees them quiet. */
  async function provoked(
    names: readonly string[],
    make: () => Promise<unknown>,
    repair: () => Promise<unknown>,
  ) {
    await make();
    try {
      for (const name of names) await until(name, true);
    } catch (error) {
      console.error(await repair());
      throw error;
    }
    await repair();
    for (const name of names) await until(name, false);
  }

  const primary = async () => (await primaryOf(used.cluster, healthy)).metadata.name;

  it("evaluates every rule, and reaches every pod by TLS that it verifies", async () => {
    await eventually("all targets", 90, async () => {
      const up = await prometheus.query("up");
      const pods = up.map(({ metric, value }) => `${metric.pod} ${value[1]}`).sort();
      const instances = ["d-denied-1 1", "d-healthy-1 1", "d-healthy-2 1"];
      const good =
        instances.every((each) => pods.includes(each)) &&
        pods.length === 4 &&
        pods.every((pod) => pod.endsWith(" 1"));
      return good ? undefined : pods.join(", ");
    });
    await eventually("healthy rules", 60, async () => (await prometheus.unhealthy()).join("\n") || undefined);
    const [one] = await prometheus.query('cnpg_collector_up{pod="d-healthy-1"}');
    const { namespace: of, cnpg_cluster } = one?.metric ?? {};
    assert.deepEqual([of, cnpg_cluster], [namespace, "d-healthy"]);
    const [pool] = await prometheus.query(
      "max by (cnpg_cluster, cnpg_pooler) (cnpg_pgbouncer_last_collection_error)",
    );
    assert.deepEqual(pool?.metric, { cnpg_cluster: "d-healthy", cnpg_pooler: "d-healthy-pooler-rw" });
  });

  it("scrapes every metric that a rule or a panel reads, but those of which a list says why not", async () => {
    const { data } = watched.rules as unknown as { readonly data: Readonly<Record<string, string>> };
    const { groups } = load(data["rules.yml"] ?? "") as {
      groups: { rules: { expr: string; record?: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    const plain = (expression: string) =>
      expression.replace(/\$__(rate_)?interval|\$__range/g, "5m").replace(/\$\{?\w+(:\w+)?\}?/g, "x");
    const read = [...rules.map(({ expr }) => expr), ...panels().map(plain)].flatMap((expr) =>
      selectorsOf(expr).map(({ metric }) => metric),
    );
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    await eventually("all metrics", 120, async () => {
      const there = new Set(await prometheus.names());
      const lacking = [...new Set(read)].filter(
        (name) =>
          !there.has(name) &&
          !recorded.has(name) &&
          !name.endsWith(":declared") &&
          unseen[name] === undefined,
      );
      return lacking.length === 0 ? undefined : lacking.join(", ");
    });
  });

  it("has series for each query of the dashboards, but those of which a list says why not", async () => {
    const silent = /kubelet_volume_stats|volume_size|cnpg_sync_standbys/;
    const expressions = panels()
      .map((text) => text.replaceAll("$namespace", namespace).replaceAll("$cnpg_cluster", "d-healthy"))
      .map((text) => text.replaceAll("$__rate_interval", "1m").replaceAll("$__range", "1m"));
    await eventually("series of all panels", 180, async () => {
      const empty: string[] = [];
      for (const expression of new Set(expressions))
        if (!silent.test(expression) && (await prometheus.query(expression)).length === 0)
          empty.push(expression);
      return empty.length === 0 ? undefined : empty.join("\n");
    });
  });

  it("exports queries of one's own under the names that the documentation gives", async () => {
    for (const [column, value] of [
      ["value", "1"],
      ["total", "2"],
      ["mood", "3"],
    ]) {
      const [sample] = await prometheus.query(`cnpg_lab_numbers_${column}{pod="d-healthy-1"}`);
      assert.deepEqual([sample?.metric.which, sample?.value[1]], ["one", value], column);
    }
  });

  it("keeps of Postgres' settings those that are read", async () => {
    const settings = await prometheus.query('count by (pod) (cnpg_pg_settings_setting{pod="d-healthy-1"})');
    assert.equal(settings[0]?.value[1], "6");
  });

  it("is quiet about the healthy cluster, once its first base backup is there", async () => {
    await eventually("quiet", 240, async () => {
      const now = (await prometheus.firing()).filter((alert) => alert.endsWith("/d-healthy"));
      // Both are true of the lab: it has one node, and nobody measures its volumes.
      const expected = [
        about("CNPGInstancesOnOneNode", "healthy"),
        about("CNPGVolumeMetricsAbsent", "healthy"),
      ];
      return now.join() === expected.join() ? undefined : now.join(", ");
    });
  });

  it("tells of a cluster, and of a pooler, that are declared and not there", async () => {
    for (const name of ["CNPGMetricsAbsent", "CNPGPoolerMetricsAbsent"]) await until(name, true, "missing");
  });

  it("tells of an archive that refuses everything: WAL, the backlog, and no base backup", async () => {
    for (let i = 0; i < 3; i++) await denied.switchWal();
    for (const name of [
      "CNPGWALArchivingFailing",
      "CNPGWALBacklog",
      "CNPGWALBacklogCritical",
      "CNPGFirstBackupMissing",
    ])
      await until(name, true, "denied");
  });

  it("tells of a standby that is fenced, and that there is none then", async () => {
    const lead = await primary();
    const pods = (await healthy.pods()).map(({ metadata }) => metadata.name);
    const other = pods.find((name) => name !== lead) ?? "";
    const annotate = (value: string) =>
      used.cluster.kubectl([
        "annotate",
        "--overwrite",
        "cluster",
        healthy.name,
        "-n",
        namespace,
        `cnpg.io/fencedInstances=${value}`,
      ]);
    await provoked(
      ["CNPGFenced", "CNPGStandbysMissing", "CNPGNoStandby"],
      () => annotate(JSON.stringify([other])),
      () => annotate("[]"),
    );
  });

  it("tells of connections that are nearly used up", async () => {
    await provoked(
      ["CNPGConnectionsHigh", "CNPGConnectionsCritical"],
      () => faults.connections(),
      () => faults.end(),
    );
  });

  it("tells of a long transaction, of one that is idle, and of a lock that another one waits for", async () => {
    await provoked(
      ["CNPGLongTransaction", "CNPGIdleInTransaction", "CNPGLockWait"],
      () => faults.transactions(),
      () => faults.end(),
    );
  });

  it("tells of deadlocks", async () => {
    await faults.deadlocks();
    await until("CNPGDeadlocks", true);
  });

  it("tells of clients that a pooler lets wait", async () => {
    await provoked(
      ["CNPGPoolerWaiting", "CNPGPoolerSaturated"],
      () => faults.flood(),
      () => faults.end(),
    );
  });

  it("tells of a base backup that is late, as its schedule is suspended", async () => {
    await provoked(
      ["CNPGBackupTooOld"],
      () => schedule({ suspend: true }),
      () => schedule({ suspend: false }),
    );
  });

  it("tells of a failover", async () => {
    const lead = await primary();
    await used.cluster.kubectl(["delete", "pod", lead, "-n", namespace, "--grace-period=0", "--force"]);
    await until("CNPGFailover", true);
    await bothReady(healthy);
  });

  it("has made these alerts fire; the others are promtool's", () => {
    const names = alerts.map(({ name }) => name);
    for (const name of fired) assert.ok(names.includes(name), name);
    assert.ok(fired.size >= 18, [...fired].join(", "));
  });
});
