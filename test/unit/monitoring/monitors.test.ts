import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { MonitoringSettings } from "../../../components/args/monitoring";
import { decideEnvironment } from "../../../components/environment/decide";
import type { ClusterArgs, PostgresEnvironmentArgs } from "../../../components/index";
import { alerts } from "../../../components/monitoring/alerts";
import { ofGone } from "../../../components/monitoring/cluster";
import type { PlannedResource } from "../../../components/plan/object";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { environmentOf, watched } from "../../helpers/watched";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** All Kubernetes objects of an environment with a cluster of one pooler, and one of none. */
function decided(monitoring: MonitoringSettings, orders: Partial<ClusterArgs> = {}) {
  const args: PostgresEnvironmentArgs = {
    project: "acme-dev",
    region: "europe-west1",
    profile: "dev",
    monitoring,
    clusters: {
      "orders-db": { namespace: "orders", image, poolers: { rw: {} }, ...orders },
      reports: { namespace: "reports", image },
    },
  };
  const problems = new Problems();
  const plan = decideEnvironment(problems, "staging", args);
  assert.deepEqual(problems.list, []);
  const all = [...plan.resources, ...plan.clusters.flatMap((each) => each.plan.resources), ...plan.after];
  return all.filter(({ type }) => type.startsWith("kubernetes:"));
}

interface Endpoint {
  readonly scheme?: string;
  readonly tlsConfig?: unknown;
  readonly relabelings: readonly { readonly targetLabel: string }[];
  readonly metricRelabeling?: readonly { readonly regex: string }[];
}

/** What is read here of any kind. */
interface Spec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podMetricsEndpoints: readonly [Endpoint];
  readonly endpoints: readonly [Endpoint];
  readonly targetLabels: { readonly fromPod: unknown };
  readonly monitoring?: { readonly enablePodMonitor?: boolean };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Record<string, string>;
  };
  readonly spec: Spec;
  readonly data: Record<string, string>;
}

const manifest = ({ inputs }: PlannedResource) => inputs as unknown as Manifest;
const ofKind = (all: readonly PlannedResource[], kind: string) =>
  all.map(manifest).filter((each) => each.kind === kind);

const backends = ["gmp", "prometheusOperator", "victoriaMetrics", "scrapeConfig"] as const;

describe("what scrapes", () => {
  for (const backend of backends)
    it(`is told in objects that their definitions allow: ${backend}`, () => {
      const settings = {
        backend,
        operator: { enabled: true, plugin: true },
        dashboards: { enabled: true },
      } as const;
      for (const { type, inputs } of decided(settings)) assert.deepEqual(validateManifest(inputs), [], type);
    });

  it("selects instances by cluster and role, so that neither poolers nor jobs are taken for instances", () => {
    for (const [backend, kind] of [
      ["gmp", "PodMonitoring"],
      ["prometheusOperator", "PodMonitor"],
      ["victoriaMetrics", "VMPodScrape"],
    ] as const) {
      const monitors = ofKind(decided({ backend }), kind);
      assert.deepEqual(
        monitors.map(({ metadata, spec }) => [metadata.namespace, metadata.name, spec.selector.matchLabels]),
        [
          [
            "orders",
            "orders-db-instances",
            { "cnpg.io/cluster": "orders-db", "cnpg.io/podRole": "instance" },
          ],
          ["orders", "orders-db-pooler-rw", { "cnpg.io/poolerName": "orders-db-pooler-rw" }],
          ["reports", "reports-instances", { "cnpg.io/cluster": "reports", "cnpg.io/podRole": "instance" }],
        ],
      );
    }
  });

  it("never is CNPG's own PodMonitor, which it makes no more some day", () => {
    for (const backend of backends)
      for (const { kind, spec } of decided({ backend }).map(manifest))
        if (kind === "Cluster" || kind === "Pooler")
          assert.equal(spec.monitoring?.enablePodMonitor, undefined);
  });

  it("gives each target the cluster's name, which most metrics lack, but where that would be the Kubernetes cluster's", () => {
    const [monitor] = ofKind(decided({ backend: "prometheusOperator" }), "PodMonitor");
    const targets = (each?: Manifest) =>
      each?.spec.podMetricsEndpoints[0].relabelings.map(({ targetLabel }) => targetLabel);
    assert.deepEqual(targets(monitor), ["cnpg_cluster", "cluster"]);
    const [bare, pooler] = ofKind(
      decided({ backend: "prometheusOperator", clusterLabel: false }),
      "PodMonitor",
    );
    assert.deepEqual([targets(bare), targets(pooler)], [["cnpg_cluster"], ["cnpg_cluster", "cnpg_pooler"]]);
    const [google] = ofKind(decided({ backend: "gmp" }), "PodMonitoring");
    assert.deepEqual(google?.spec.targetLabels.fromPod, [{ from: "cnpg.io/cluster", to: "cnpg_cluster" }]);
  });

  it("keeps the settings of Postgres that alerts read, and more only if asked for", () => {
    const kept = (postgresSettings?: string[]) => {
      const [monitor] = ofKind(
        decided({ backend: "gmp", ...(postgresSettings && { postgresSettings }) }),
        "PodMonitoring",
      );
      return monitor?.spec.endpoints[0].metricRelabeling;
    };
    assert.match(
      kept()?.[0]?.regex ?? "",
      /^cnpg_pg_settings_setting;\(archive_timeout\|.*\|max_connections\|.*shared_buffers\)$/,
    );
    assert.match(
      kept(["work_mem", "pg_stat_statements.max"])?.[0]?.regex ?? "",
      /pg_stat_statements\\\.max\|shared_buffers\|work_mem/,
    );
    assert.equal(kept(["*"]), undefined);
  });

  it("verifies the server where metrics are served by TLS, of instances and of poolers", () => {
    const all = decided({ backend: "prometheusOperator", tls: true });
    for (const { spec, metadata } of ofKind(all, "PodMonitor").filter(
      ({ metadata: { namespace } }) => namespace === "orders",
    )) {
      const [endpoint] = spec.podMetricsEndpoints;
      assert.equal(endpoint.scheme, "https", metadata.name);
      const ca = { secret: { name: "orders-db-ca", key: "ca.crt" } };
      assert.deepEqual(endpoint.tlsConfig, { ca, serverName: "orders-db-rw" });
    }
    for (const kind of ["Cluster", "Pooler"])
      for (const { spec } of ofKind(all, kind)) assert.deepEqual(spec.monitoring, { tls: { enabled: true } });
  });

  it("is found by the labels that a Prometheus selects by, rules too", () => {
    const all = decided({ backend: "prometheusOperator", selectorLabels: { release: "prometheus" } });
    const found = [...ofKind(all, "PodMonitor"), ...ofKind(all, "PrometheusRule")];
    assert.equal(found.length, 4);
    for (const { metadata } of found) assert.equal(metadata.labels.release, "prometheus", metadata.name);
  });

  it("leaves out a cluster that is not to be watched", () => {
    const all = decided({ backend: "gmp" }, { monitoring: { enabled: false } });
    assert.deepEqual(
      ofKind(all, "PodMonitoring").map(({ metadata }) => metadata.name),
      ["reports-instances"],
    );
  });

  it("is nothing without a backend", () => {
    const kinds = new Set(decided({}).map((each) => manifest(each).kind));
    assert.deepEqual(
      [...kinds].filter((kind) => /Monitor|Rule|Scrape/.test(kind)),
      [],
    );
  });

  it("watches the operator and the plugin from one stack only, in their namespace", () => {
    const names = (settings: MonitoringSettings) =>
      ofKind(decided(settings), "PodMonitor")
        .filter(({ metadata }) => !/^(orders|reports)$/.test(metadata.namespace ?? ""))
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    assert.deepEqual(names({ backend: "prometheusOperator" }), []);
    assert.deepEqual(names({ backend: "prometheusOperator", operator: { enabled: true } }), [
      "cnpg-system/cnpg-controller-manager",
    ]);
    assert.deepEqual(
      names({ backend: "prometheusOperator", operator: { enabled: true, namespace: "cnpg", plugin: true } }),
      ["cnpg/cnpg-controller-manager", "cnpg/barman-cloud"],
    );
  });

  it("can be a plain Prometheus, which finds the pods of each cluster itself", () => {
    const all = decided({ backend: "scrapeConfig" });
    const [map] = ofKind(all, "ConfigMap").filter(({ data }) => data["scrape.yml"] !== undefined);
    const { scrape_configs: jobs } = load(map?.data["scrape.yml"] ?? "") as {
      scrape_configs: { job_name: string }[];
    };
    assert.deepEqual(
      jobs.map(({ job_name }) => job_name),
      ["orders/orders-db-instances", "orders/orders-db-pooler-rw", "reports/reports-instances"],
    );
    const { groups } = load(map?.data["rules.yml"] ?? "") as { groups: unknown[] };
    assert.ok(groups.length > 0);
  });
});

describe("rules of an environment", () => {
  interface Rule {
    readonly alert?: string;
    readonly expr: string;
    readonly labels: Readonly<Record<string, string>>;
  }
  function rulesOf(settings: MonitoringSettings, orders: Partial<ClusterArgs> = {}): Rule[] {
    const [rules] = ofKind(decided({ backend: "prometheusOperator", ...settings }, orders), "PrometheusRule");
    const { groups = [] } = (rules?.spec ?? {}) as { groups?: { rules: Rule[] }[] };
    return groups.flatMap((group) => group.rules);
  }
  const operator = { enabled: true };
  const named = (rules: readonly Rule[], name: string) => rules.filter(({ alert }) => alert === name);

  it("are none of the operator either where alerts are off", () => {
    assert.deepEqual(rulesOf({ operator, alerts: { enabled: false } }), []);
    assert.equal(named(rulesOf({ operator }), "CNPGOperatorDown").length, 1);
  });

  it("are of the operator as the environment says, whichever clusters are watched", () => {
    const severities = { CNPGOperatorDown: "warning" } as const;
    const off = { CNPGReconcileErrors: "another team sees to it" };
    for (const enabled of [true, false]) {
      const rules = rulesOf({ operator, alerts: { severities, off } }, { monitoring: { enabled } });
      assert.deepEqual(
        named(rules, "CNPGOperatorDown").map(({ labels }) => labels.severity),
        ["warning"],
      );
      assert.deepEqual(named(rules, "CNPGReconcileErrors"), []);
    }
  });

  it("do not cry for a cluster that has ended by itself, as it was to", () => {
    const absent = (orders: Partial<ClusterArgs>) =>
      named(rulesOf({}, orders), "CNPGMetricsAbsent").map(({ expr }) => expr);
    assert.ok(!absent({})[0]?.includes("alert_off"));
    assert.match(absent({ timeToLive: "72h" })[0] ?? "", /unless .*cnpg_alert_off:declared/);
    // Whatever else could be told of it needs metrics, which a cluster that is gone has not.
    const without = alerts
      .filter(({ once, expr }) => {
        const text = once === undefined ? expr(environmentOf([watched("shop/pg")])) : "";
        return text.startsWith("cluster:cnpg") || text.startsWith("pooler:cnpg");
      })
      .filter(({ expr }) => !/and on \([^)]*\) \(?cnpg_/.test(expr(environmentOf([watched("shop/pg")]))));
    assert.deepEqual(without.map(({ name }) => name).sort(), [...ofGone].sort());
  });
});

describe("queries of one's own", () => {
  const queries = {
    orders_open: {
      query: "SELECT state, count(*) AS orders FROM sales.orders GROUP BY state",
      columns: {
        state: { usage: "LABEL" },
        orders: { usage: "GAUGE", description: "Orders in this state" },
      },
      targetDatabases: ["orders"],
      runOnServer: ">=17.0.0",
    },
  } as const;

  it("are a ConfigMap that CNPG reads again when it changes, made before the Cluster", () => {
    const all = decided(
      {},
      { monitoring: { queries: structuredClone(queries) as never, metricsQueriesTTL: "60s" } },
    );
    const kinds = all.map(manifest);
    const map = kinds.findIndex(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "orders-db-queries",
    );
    const cluster = kinds.findIndex(
      ({ kind, metadata }) => kind === "Cluster" && metadata.name === "orders-db",
    );
    assert.ok(map >= 0 && map < cluster);
    assert.equal(kinds[map]?.metadata.labels["cnpg.io/reload"], "true");
    assert.deepEqual(kinds[cluster]?.spec.monitoring, {
      customQueriesConfigMap: [{ name: "orders-db-queries", key: "queries.yaml" }],
      metricsQueriesTTL: "60s",
    });
    assert.ok(all[cluster]?.dependsOn?.includes(all[map]?.key ?? ""));
    assert.deepEqual(load(kinds[map]?.data["queries.yaml"] ?? ""), {
      orders_open: {
        query: queries.orders_open.query,
        target_databases: ["orders"],
        runonserver: ">=17.0.0",
        metrics: [
          { state: { usage: "LABEL" } },
          { orders: { usage: "GAUGE", description: "Orders in this state" } },
        ],
      },
    });
  });

  /** What CNPG is given to run. */
  function written(query: string, columns: Record<string, unknown>, more: object = {}): string {
    const all = decided({}, { monitoring: { queries: { mine: { query, columns, ...more } } as never } });
    const [map] = ofKind(all, "ConfigMap").filter(({ metadata }) => metadata.name === "orders-db-queries");
    return (load(map?.data["queries.yaml"] ?? "") as { mine: { query: string } }).mine.query;
  }

  const n = { usage: "GAUGE", description: "Number" };

  it("may have any text, name or comment in them", () => {
    for (const query of [
      "SELECT count(*) AS n FROM s.t WHERE note LIKE '%--%'",
      String.raw`SELECT count(*) AS n FROM s.t WHERE note = E'it\'s; (' OR note = '/*'`,
      "(SELECT 1 AS n) UNION (SELECT 2)",
      "/* a /* nested; ' */ comment */ SELECT 1 AS n; -- and; it's over",
      `SELECT "it's;" AS n FROM s.t WHERE a = $x$ ' ) $$ ; $x$`,
      "SELECT count(*) AS n FROM audit.update_log WHERE kind = 'delete from'",
    ])
      assert.equal(written(query, { n }), query);
  });

  it("are for versions as CNPG's library reads them", () => {
    for (const runOnServer of [
      ">=17",
      ">=15.0.0 <17.0.0",
      ">= 15.0.0, <17.0.0",
      "<15.0.0||>=17.0.0",
      "~17",
      "!=17.0.6",
    ])
      written("SELECT 1 AS n", { n }, { runOnServer });
  });

  it("give each label its own value, whatever the order of columns is", () => {
    const label = { usage: "LABEL" };
    assert.equal(
      written("SELECT usename, datname, count(*) AS n FROM a.b GROUP BY 1, 2; -- all", {
        datname: label,
        n,
        usename: label,
      }),
      'SELECT "datname", "n", "usename" FROM (\nSELECT usename, datname, count(*) AS n FROM a.b GROUP BY 1, 2\n) AS result',
    );
    assert.match(
      written("SELECT a, b, h, h_bucket, h_sum, h_count FROM s.h -- ;", {
        b: label,
        a: label,
        h: { usage: "HISTOGRAM", description: "Times" },
      }),
      /^SELECT "b", "a", "h", "h_bucket", "h_sum", "h_count" FROM \(\n.* -- ;\n\) AS result$/s,
    );
  });
});
