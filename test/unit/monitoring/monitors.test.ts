import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { MonitoringSettings } from "../../../components/args/monitoring";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";
import { decided, type Manifest, manifest, ofKind } from "../../helpers/monitored";

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

  it("finds the plugin at a port that its Deployment does not declare", () => {
    for (const [backend, kind, field] of [
      ["prometheusOperator", "PodMonitor", "relabelings"],
      ["victoriaMetrics", "VMPodScrape", "relabelConfigs"],
    ] as const) {
      const all = decided({ backend, operator: { enabled: true, plugin: true } });
      const plugin = ofKind(all, kind).find(({ metadata }) => metadata.name === "barman-cloud");
      const endpoint = plugin?.spec.podMetricsEndpoints[0] as unknown as Record<
        string,
        { replacement: string }[]
      >;
      assert.equal(endpoint.portNumber, undefined);
      assert.equal(endpoint[field]?.[0]?.replacement, "$1:8080");
    }
  });

  it("scrapes the operator whoever scrapes, as an alert fires where nobody does", () => {
    const settings = {
      backend: "scrapeConfig",
      operator: { enabled: true, plugin: true, namespace: "cnpg" },
    } as const;
    const [map] = ofKind(decided(settings), "ConfigMap").filter(
      ({ data }) => data["scrape.yml"] !== undefined,
    );
    const { scrape_configs: jobs } = load(map?.data["scrape.yml"] ?? "") as {
      scrape_configs: { job_name: string; kubernetes_sd_configs: unknown; relabel_configs: unknown[] }[];
    };
    const [operator, plugin] = jobs.slice(-2);
    assert.deepEqual(
      [operator?.job_name, plugin?.job_name],
      ["cnpg/cnpg-controller-manager", "cnpg/barman-cloud"],
    );
    assert.deepEqual(plugin?.kubernetes_sd_configs, [{ role: "pod", namespaces: { names: ["cnpg"] } }]);
    assert.deepEqual(plugin?.relabel_configs.slice(0, 2), [
      { source_labels: ["__meta_kubernetes_pod_label_app"], regex: "barman-cloud", action: "keep" },
      {
        source_labels: ["__address__"],
        regex: "(.+?)(?::[0-9]+)?",
        target_label: "__address__",
        replacement: "$1:8080",
      },
    ]);
    assert.match(map?.data["rules.yml"] ?? "", /CNPGOperatorDown/);
  });
});

describe("rules and scrape configurations of very many clusters", () => {
  const said = (backend: "prometheusOperator" | "scrapeConfig" | "gmp", count: number) => {
    const problems = new Problems();
    const clusters = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `c${i}`,
        {
          namespace: `n${i}`,
          image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
          poolers: { rw: {} },
        },
      ]),
    );
    const google = { project: "acme-dev", region: "europe-west1", profile: "dev" } as const;
    decideEnvironment(problems, "dev", { ...google, monitoring: { backend }, clusters });
    return problems.list.map(({ path, allowed }) => `${path}: ${allowed}`);
  };

  it("are refused where no object can hold them", () => {
    const [problem, ...more] = said("scrapeConfig", 400);
    assert.deepEqual(more, []);
    assert.match(
      problem ?? "",
      /^monitoring\.backend: fewer clusters in one environment: what it makes for all of them is 1\d\d\d KiB in one ConfigMap, and 1024 KiB is the most/,
    );
    assert.match(said("prometheusOperator", 900)[0] ?? "", /in one PrometheusRule, and 512 KiB is the most/);
  });

  it("fit in one for a hundred", () => {
    for (const backend of ["prometheusOperator", "scrapeConfig", "gmp"] as const)
      assert.deepEqual(said(backend, 100), [], backend);
  });
});
