import assert from "node:assert/strict";
import { BackupMethod } from "../../../components/args/backup";
import { AlertSeverity } from "../../../components/args/monitoring";
import { alerts, ruleGroups } from "../../../components/monitoring/alerts";
import { duration, mostCommon } from "../../../components/monitoring/alerts/promql";
import type { AlertingRule, RecordingRule, WatchedEnvironment } from "../../../components/plan/monitoring";
import { isExported } from "../../../policies/core/metrics";
import { labelsOf, partsOf, selectorsOf } from "../../helpers/promql";
import { environmentOf, limits, small, watched } from "../../helpers/watched";

/** Metrics that alerts read of others than CNPG. */
const ofOthers = new Set([
  "kubelet_volume_stats_available_bytes",
  "kubelet_volume_stats_capacity_bytes",
  "certmanager_certificate_expiration_timestamp_seconds",
  "controller_runtime_reconcile_total",
  "controller_runtime_reconcile_errors_total",
]);

/** Metrics that only some versions of Postgres have, by what is there on the others. */
const twins = [/^cnpg_pg_stat_bgwriter_checkpoint/, /^cnpg_pg_stat_checkpointer_/] as const;

const required = watched("shop/required", { synchronous: { standbys: 1, required: true } });
const follower = watched("shop/follower", { follows: true });
const weekly = { interval: 7 * 86_400, immediate: false, retentionDays: 30 };

/** Clusters of all kinds, some of them with limits, severities and alerts of their own. */
const mixed = [
  watched("shop/pg"),
  required,
  follower,
  watched("shop/streaming", { follows: true, streams: true }),
  small("shop/alone"),
  watched("shop/own", {
    backups: weekly,
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, value]) => [name, value / 2]),
    ) as unknown as typeof limits,
    off: ["CNPGLongTransaction"],
    severities: { CNPGBackupFailed: AlertSeverity.Critical },
  }),
];

const environments: Readonly<Record<string, WatchedEnvironment>> = {
  "one instance": environmentOf([small("shop/pg")]),
  "two instances": environmentOf([watched("shop/pg", { instances: 2 })]),
  "three instances": environmentOf([watched("shop/pg")]),
  "a replica cluster": environmentOf([follower]),
  "in-tree backups": environmentOf([watched("shop/pg")], { method: BackupMethod.InTree }),
  "no WAL volume": environmentOf([watched("shop/pg", { walVolume: false })]),
  "clusters of all kinds": environmentOf(mixed),
};

const rulesOf = (environment: WatchedEnvironment) => ruleGroups(environment).flatMap(({ rules }) => rules);
const isAlert = (rule: RecordingRule | AlertingRule): rule is AlertingRule => "alert" in rule;
const alertsOf = (environment: WatchedEnvironment) => rulesOf(environment).filter(isAlert);
const namesOf = (environment: WatchedEnvironment) => new Set(alertsOf(environment).map(({ alert }) => alert));
const recordsOf = (environment: WatchedEnvironment) =>
  rulesOf(environment).filter((rule): rule is RecordingRule => "record" in rule);
const ruleOf = (environment: WatchedEnvironment, name: string) =>
  alertsOf(environment).filter(({ alert }) => alert === name);

describe("alerts", () => {
  for (const [what, environment] of Object.entries(environments))
    describe(`for ${what}`, () => {
      it("parse, and read only metrics that are exported or declared by the same rules", () => {
        const declared = new Set(recordsOf(environment).map(({ record }) => record));
        for (const { alert, expr } of alertsOf(environment))
          for (const { metric } of selectorsOf(expr))
            assert.ok(
              isExported(metric) || ofOthers.has(metric) || declared.has(metric),
              `${alert}: ${metric}`,
            );
      });

      it("declare nothing that neither an alert nor a dashboard reads", () => {
        const read = new Set(
          alertsOf(environment).flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)),
        );
        const drawn = ["cluster:cnpg_instances:declared", "cluster:cnpg_backup_interval_seconds:declared"];
        for (const { record } of recordsOf(environment))
          assert.ok(read.has(record) || drawn.includes(record), record);
      });

      it("know both names of a metric that Postgres 17 renamed", () => {
        for (const { alert, expr } of alertsOf(environment)) {
          const parts = partsOf(expr);
          const either = parts.filter(
            ({ kind, text }) =>
              kind === "BinaryExpr" && twins.every((name) => new RegExp(name.source.slice(1)).test(text)),
          );
          for (const part of parts.filter(
            ({ kind, text }) => kind === "VectorSelector" && twins.some((name) => name.test(text)),
          ))
            assert.ok(
              either.some(({ from, to }) => from <= part.from && to >= part.to),
              `${alert}: ${part.text}`,
            );
        }
      });

      it("are about this environment alone", () => {
        for (const { alert, expr } of alertsOf(environment)) {
          const selectors = selectorsOf(expr);
          const own = selectors.filter(({ matchers }) =>
            matchers.some(
              ({ label, value }) => label === "cnpg_environment" && value === environment.environment,
            ),
          );
          const ofOperator = selectors.every(({ matchers }) =>
            matchers.some(({ label, value }) => label === "namespace" && value === "cnpg-system"),
          );
          assert.ok(own.length > 0 || ofOperator, `${alert}: ${expr}`);
          for (const { metric, matchers } of selectors)
            if (metric.endsWith(":declared"))
              assert.ok(
                matchers.some(({ label }) => label === "cnpg_environment"),
                `${alert}: ${metric}`,
              );
        }
      });

      it("are taken by Google's operator: no label cluster, namespaces by equality, no selector without a name", () => {
        for (const rule of rulesOf(environment)) {
          assert.ok(!("cluster" in (rule.labels ?? {})));
          assert.ok(!labelsOf(rule.expr).includes("cluster"), rule.expr);
          for (const { metric, matchers } of selectorsOf(rule.expr)) {
            assert.notEqual(metric, "", rule.expr);
            for (const { label, operator } of matchers) {
              assert.notEqual(label, "cluster", rule.expr);
              if (label === "namespace") assert.equal(operator, "=", rule.expr);
            }
          }
        }
      });

      it("are never two of one name and the same labels, which promtool refuses", () => {
        const keys = alertsOf(environment).map(({ alert, labels }) => JSON.stringify([alert, labels]));
        assert.deepEqual(keys, [...new Set(keys)]);
      });

      it("have names of groups that differ, and what is declared first", () => {
        const groups = ruleGroups(environment).map(({ name }) => name);
        assert.deepEqual(groups, [...new Set(groups)]);
        assert.equal(groups[0], "cnpg-prod-declared");
      });
    });

  it("say whom they are about, what it means, and where to read on", () => {
    for (const { alert, labels, annotations } of alertsOf(environmentOf(mixed, { labels: { team: "db" } }))) {
      assert.equal(labels.team, "db");
      assert.equal(labels.cnpg_environment, "prod");
      assert.match(labels.severity ?? "", /^(critical|warning)$/);
      assert.equal(annotations.runbook_url, `https://example.com/runbooks.md#${alert.toLowerCase()}`);
      assert.match(annotations.summary ?? "", /\{\{ \$labels\.namespace \}\}/, alert);
      for (const text of [annotations.summary, annotations.description])
        assert.match(text ?? "", /^(cert-manager|[A-Z{])[^\n]+\.$/, alert);
    }
  });

  it("name only labels in their texts that their series have", () => {
    for (const { alert, expr, annotations } of alertsOf(environmentOf(mixed))) {
      const known = new Set([
        ...labelsOf(expr),
        ...selectorsOf(expr).flatMap(({ matchers }) => matchers.map(({ label }) => label)),
        ...recordsOf(environmentOf(mixed)).flatMap(({ record, labels }) =>
          expr.includes(record) ? Object.keys(labels ?? {}) : [],
        ),
      ]);
      const said = `${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g);
      for (const [, label = ""] of said) assert.ok(known.has(label), `${alert}: ${label}`);
    }
  });

  it("are left out where no cluster is of the kind that they are about", () => {
    const without = (change: Partial<WatchedEnvironment>, cluster = watched("shop/pg")) =>
      alerts.map(({ name }) => name).filter((name) => !namesOf(environmentOf([cluster], change)).has(name));
    const never = [
      "CNPGReplicaClusterPromoted",
      "CNPGReplicaClusterBehind",
      "CNPGReplicaClusterNotStreaming",
      "CNPGSyncBlocked",
    ];
    assert.deepEqual(without({}), never);
    assert.deepEqual(without({ method: BackupMethod.InTree }), [...never, "CNPGBackupMetricsAbsent"]);
    assert.deepEqual(without({ deleteAgeDays: undefined }), [
      ...never,
      "CNPGLifecycleMarginSmall",
      "CNPGLastBackupExpiring",
    ]);
    assert.deepEqual(without({ operator: undefined }), [
      ...never,
      "CNPGOperatorDown",
      "CNPGReconcileErrors",
      "CNPGPluginDown",
    ]);
    assert.deepEqual(without({ operator: { namespace: "cnpg-system", plugin: false } }), [
      ...never,
      "CNPGPluginDown",
    ]);
    assert.deepEqual(without({}, watched("shop/pg", { walVolume: false })), [
      ...never,
      "CNPGWALVolumeFilling",
    ]);
    const alone = namesOf(environmentOf([small("shop/pg")]));
    for (const { name } of alerts)
      if (
        /Standby|Replica|Replication|Sync|Failover|Backup|WAL(Arch|Back|Vol)|Pooler|Certificate|Lifecycle|Recovery|OneNode/.test(
          name,
        )
      )
        assert.ok(!alone.has(name), name);
    const follows = namesOf(environmentOf([follower]));
    for (const name of [
      "CNPGNoPrimary",
      "CNPGFailover",
      "CNPGStandbysMissing",
      "CNPGNoStandby",
      "CNPGSyncReduced",
    ])
      assert.ok(!follows.has(name), name);
    assert.ok(follows.has("CNPGReplicaClusterPromoted"));
  });

  it("that are off for all clusters are left out, and those that are off for some are taken from them", () => {
    const off = (name: string) => watched(`shop/${name}`, { off: ["CNPGLockWait"] });
    const none = namesOf(environmentOf([off("a"), off("b")]));
    assert.ok(!none.has("CNPGLockWait") && none.has("CNPGDeadlocks"));
    const some = environmentOf([off("a"), watched("shop/b")]);
    assert.match(
      ruleOf(some, "CNPGLockWait")[0]?.expr ?? "",
      /\) unless on \(namespace, cnpg_cluster\) cluster:cnpg_alert_off:declared\{cnpg_environment="prod",alert="CNPGLockWait"\}$/,
    );
    assert.deepEqual(
      recordsOf(some)
        .filter(({ record }) => record === "cluster:cnpg_alert_off:declared")
        .map(({ labels }) => [labels?.cnpg_cluster, labels?.alert]),
      [["a", "CNPGLockWait"]],
    );
    assert.equal(ruleOf(some, "CNPGOperatorDown").length, 1);
  });

  it("that are more urgent for some clusters are two rules", () => {
    const urgent = watched("shop/b", { severities: { CNPGDeadlocks: AlertSeverity.Critical } });
    const [most, some] = ruleOf(environmentOf([watched("shop/a"), urgent]), "CNPGDeadlocks");
    assert.equal(most?.labels.severity, "warning");
    assert.match(most?.expr ?? "", /unless on .*cnpg_alert_severity:declared\{[^}]*alert="CNPGDeadlocks"\}$/);
    assert.equal(some?.labels.severity, "critical");
    assert.match(some?.expr ?? "", /\) and on .*cnpg_alert_severity:declared\{[^}]*severity="critical"\}$/);
    assert.deepEqual(
      ruleOf(environmentOf([urgent]), "CNPGDeadlocks").map(({ labels }) => labels.severity),
      ["critical"],
    );
  });

  it("have a limit as a number where it is the same for all, and as series where it is not", () => {
    const expr = (...clusters: Parameters<typeof environmentOf>[0]) =>
      ruleOf(environmentOf(clusters), "CNPGWALBacklog")[0]?.expr ?? "";
    const higher = watched("shop/b", { limits: { ...limits, walBacklog: 20 } });
    assert.match(expr(higher), /\) >= 20 and on/);
    const both = environmentOf([watched("shop/a"), watched("shop/c"), higher]);
    assert.match(
      ruleOf(both, "CNPGWALBacklog")[0]?.expr ?? "",
      />= on .*cluster:cnpg_wal_backlog:declared.* or on .*cluster:cnpg_instances:declared\{[^}]*\} \* 0 \+ 10\)/,
    );
    assert.deepEqual(
      recordsOf(both)
        .filter(({ record }) => record === "cluster:cnpg_wal_backlog:declared")
        .map(({ expr, labels }) => [expr, labels?.cnpg_cluster]),
      [["vector(20)", "b"]],
    );
  });

  it("are no more for a hundred clusters than for one", () => {
    const many = environmentOf(Array.from({ length: 100 }, (_, index) => watched(`shop/pg-${index}`)));
    assert.equal(alertsOf(many).length, alertsOf(environmentOf([watched("shop/pg")])).length);
  });

  it("begin with what is taken away: the number of instances is declared last", () => {
    const records = recordsOf(environmentOf(mixed)).map(({ record }) => record);
    const first = records.indexOf("cluster:cnpg_instances:declared");
    assert.deepEqual(new Set(records.slice(first)), new Set(["cluster:cnpg_instances:declared"]));
  });

  it("write durations as Prometheus reads them, and count what is most common", () => {
    assert.deepEqual([1800, 7200, 93_600, 86_400, 90, 0.5].map(duration), [
      "30m",
      "2h",
      "26h",
      "1d",
      "90s",
      "1s",
    ]);
    assert.deepEqual([mostCommon([1, 2, 2]), mostCommon([1, 2]), mostCommon([])], [2, 1, undefined]);
  });
});
