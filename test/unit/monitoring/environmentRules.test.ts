import assert from "node:assert/strict";
import type { MonitoringSettings } from "../../../components/args/monitoring";
import type { ClusterArgs } from "../../../components/index";
import { alerts, ruleGroups } from "../../../components/monitoring/alerts";
import { ofGone } from "../../../components/monitoring/cluster";
import { labelsOfAlerts, reserved } from "../../../components/monitoring/settings";
import { decided, ofKind } from "../../helpers/monitored";
import { environmentOf, watched } from "../../helpers/watched";

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

describe("alerts on what the bucket is about to delete", () => {
  const DAY = 86_400;
  /** The ages in days at which they fire, of the oldest backup and of the last one. */
  function limitsOf(deleteAgeDays: number, retentionDays: number, interval: number): number[] {
    const backups = { interval: interval * DAY, immediate: true, retentionDays };
    const environment = environmentOf([watched("shop/pg", { backups })], { deleteAgeDays });
    return ["CNPGLifecycleMarginSmall", "CNPGLastBackupExpiring"].map((name) => {
      const expr = alerts.find((alert) => alert.name === name)?.expr(environment) ?? "";
      return Number(/\)\) > (\d+) and/.exec(expr)?.[1]) / DAY;
    });
  }

  it("come two and seven days before", () => {
    assert.deepEqual(limitsOf(39, 30, 1), [37, 32]);
    assert.deepEqual(limitsOf(69, 30, 31), [67, 62]);
  });

  it("never come for a backup that is as old as it is in health, however little is left between", () => {
    // With a base backup a week and 30 days of retention, the oldest one is up to 37 days old.
    assert.deepEqual(limitsOf(38, 30, 7), [37.5, 31]);
    assert.deepEqual(limitsOf(33, 1, 31), [32.5, 32]);
    assert.deepEqual(limitsOf(2, 1, 0.5), [1.75, 1.25]);
  });
});

describe("labels that a stack file gives alerts", () => {
  it("are none by which the alerts of one cluster differ", () => {
    const all = environmentOf([
      watched("shop/pg"),
      watched("shop/follower", { follows: true, streams: true }),
    ]);
    const rules = ruleGroups(all).flatMap((group) => group.rules);
    const by = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = ""]) => names.split(/,\s*/)),
    );
    const told = [...JSON.stringify(rules).matchAll(/\$labels\.(\w+)/g)].map(([, name = ""]) => name);
    const taken = new Set([...labelsOfAlerts, ...reserved]);
    assert.deepEqual(
      [...new Set([...by, ...told])].filter((name) => !taken.has(name)),
      [],
    );
    assert.ok(by.includes("slot_name") && told.includes("controller"));
  });
});

describe("a replica cluster", () => {
  const server = { host: "pg.shop.svc", user: "streamer", password: { secret: "streamer", key: "password" } };
  const archive = { bucket: "acme-old", serverName: "old", postgresMajor: 17 };
  const records = (orders: Partial<ClusterArgs>) => {
    const [rules] = ofKind(
      decided(
        { backend: "scrapeConfig" },
        { poolers: {}, databases: { orders: { owner: "orders" } }, ...orders },
      ),
      "ConfigMap",
    );
    const text = rules?.data["rules.yml"] ?? "";
    return ["cnpg_follows", "cnpg_streams"].filter((name) =>
      text.includes(`record: cluster:${name}:declared`),
    );
  };

  it("is said to stream where a server feeds it, alone or beside an archive", () => {
    const servers = { old: server };
    const base = { server: "old", postgresMajor: 17 };
    assert.deepEqual(records({ servers, baseBackupFrom: base, replica: {} }), [
      "cnpg_follows",
      "cnpg_streams",
    ]);
    assert.deepEqual(records({ servers, recoverFrom: archive, replica: { server: "old" } }), [
      "cnpg_follows",
      "cnpg_streams",
    ]);
  });

  it("is not where it reads an archive, or follows no more", () => {
    assert.deepEqual(records({ recoverFrom: archive, replica: {} }), ["cnpg_follows"]);
    assert.deepEqual(
      records({ servers: { old: server }, recoverFrom: archive, replica: { server: "old", enabled: false } }),
      [],
    );
  });
});
