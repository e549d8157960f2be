import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { dashboardObjects } from "../../../components/monitoring/dashboardObjects";
import { dashboards } from "../../../components/monitoring/dashboards";
import type { MonitoringContext } from "../../../components/plan/monitoring";
import { isExported, metricsIn } from "../../../policies/core/metrics";
import { generateDashboards } from "../../../tools/generate/dashboards";
import { partsOf, selectorsOf } from "../../helpers/promql";

const root = resolve(__dirname, "../../..");

interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly legendFormat?: string;
  readonly format?: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly renameByName?: Readonly<Record<string, string>> };
  }[];
}
interface Model {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly definition?: string;
      readonly multi: boolean;
    }[];
  };
  readonly links: readonly { readonly url: string; readonly placement?: string }[];
}

const models = dashboards.map(({ name, json }) => ({ name, model: JSON.parse(json) as Model }));
const charts = models.flatMap(({ name, model }) =>
  model.panels
    .filter(({ type }) => type !== "row")
    .map((panel) => ({ where: `${name}: ${panel.title}`, panel })),
);
const targets = charts.flatMap(({ where, panel }) =>
  (panel.targets ?? []).map((target) => ({ where: `${where} ${target.refId}`, target })),
);
/** As Grafana does before Prometheus sees it. */
const filled = (text: string): string =>
  text
    .replaceAll("$__rate_interval", "2m")
    .replaceAll("$namespace", "shop")
    .replaceAll("$cnpg_cluster", "pg");

/** Series that are not CNPG's, and who exports them. */
const others: Readonly<Record<string, string>> = {
  kubelet_volume_stats_available_bytes: "kubelet",
  kubelet_volume_stats_capacity_bytes: "kubelet",
  "cluster:cnpg_instances:declared": "the stack's rules",
  "cluster:cnpg_backup_interval_seconds:declared": "the stack's rules",
};

describe("Dashboards", () => {
  it("are a cluster's and an environment's, and small enough for a ConfigMap each", () => {
    assert.deepEqual(
      models.map(({ name }) => name),
      ["cluster", "environment"],
    );
    assert(charts.length > 60);
    for (const { name, json } of dashboards) assert(json.length < 150_000, name);
  });

  it("are what the generator writes, and that writes the same twice", () => {
    const first = generateDashboards().files;
    assert.deepEqual([...generateDashboards().files], [...first]);
    for (const [path, content] of first)
      assert.equal(readFileSync(resolve(root, path), "utf8"), content, path);
  });

  it("keep their identity, each its own, so that links to them stay valid", () => {
    assert.deepEqual(
      models.map(({ model }) => model.uid),
      ["pulumi-cnpg-cluster", "pulumi-cnpg-environment"],
    );
    for (const { name, model } of models) {
      const ids = model.panels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
      const titles = model.panels.map(({ type, title }) => `${type} ${title}`);
      assert.equal(new Set(titles).size, titles.length, name);
    }
  });

  it("lead to each other", () => {
    const known = new Set(models.map(({ model }) => model.uid));
    for (const { name, model } of models) {
      const text = JSON.stringify(model);
      const uids = [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid = ""]) => uid);
      assert(uids.length > 0, name);
      for (const uid of uids) assert(known.has(uid) && uid !== model.uid, `${name}: ${uid}`);
    }
  });

  it("lead to those of their own environment, as ConfigMaps of two that one Grafana shows", () => {
    const shown = (environment: string) =>
      dashboardObjects({ enabled: true }, { environment } as MonitoringContext).map(
        ({ object }) => Object.values(object.body.data)[0] ?? "",
      );
    const uidOf = (text: string) => (JSON.parse(text) as Model).uid;
    const [dev, prod] = [shown("dev"), shown("prod")];
    assert.equal(new Set([...dev, ...prod].map(uidOf)).size, 4);
    for (const texts of [dev, prod]) {
      const known = new Set(texts.map(uidOf));
      for (const text of texts) {
        const uids = [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid = ""]) => uid);
        assert(uids.length > 0);
        for (const uid of uids) assert(known.has(uid) && uid !== uidOf(text), uid);
      }
    }
  });

  it("say of every panel what it shows, in which unit, from which expressions", () => {
    for (const { where, panel } of charts) {
      assert((panel.description ?? "").length > 15, where);
      assert.deepEqual(panel.datasource, { type: "prometheus", uid: "$datasource" }, where);
      assert((panel.targets ?? []).length > 0, where);
      const letters = (panel.targets ?? []).map(({ refId }) => refId);
      assert.equal(new Set(letters).size, letters.length, where);
      if (panel.type !== "table") {
        assert.notEqual(panel.fieldConfig?.defaults.unit ?? "", "", where);
        for (const { legendFormat = "", refId } of panel.targets ?? [])
          assert.notEqual(legendFormat, "", `${where} ${refId}`);
      }
    }
  });

  it("give every column of a table a name and a unit", () => {
    const tables = charts.filter(({ panel }) => panel.type === "table");
    assert.equal(tables.length, 1);
    for (const { where, panel } of tables) {
      const names = panel.transformations?.find(({ id }) => id === "organize")?.options.renameByName ?? {};
      for (const { refId, format } of panel.targets ?? []) {
        assert.equal(format, "table", where);
        const name = names[`Value #${refId}`];
        assert(name !== undefined, `${where} ${refId}`);
        const override = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === name);
        assert(
          override?.properties.some(({ id }) => id === "unit"),
          `${where}: ${name}`,
        );
      }
    }
  });

  it("have no panel on another, nor beyond the 24 columns", () => {
    for (const { name, model } of models) {
      const taken = new Map<string, string>();
      for (const { title, gridPos } of model.panels) {
        assert(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, `${name}: ${title}`);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
            assert.equal(taken.get(`${x},${y}`), undefined, `${name}: ${title}`);
            taken.set(`${x},${y}`, title);
          }
      }
    }
  });

  it("show backups before anything else", () => {
    for (const { name, model } of models) {
      const rows = model.panels.filter(({ type }) => type === "row").map(({ title }) => title);
      assert.equal(rows[1], "Backups", name);
      const [first] = model.panels.filter(({ type }) => type !== "row");
      assert.match(first?.targets?.[0]?.expr ?? "", /last_available_backup_timestamp/);
    }
  });

  it("are written in PromQL that Prometheus' own parser takes", () => {
    assert(targets.length > 80);
    for (const { where, target } of targets) assert.doesNotThrow(() => partsOf(filled(target.expr)), where);
    assert.throws(() => partsOf("sum by (a (b)"));
  });

  it("read metrics alone that somebody exports", () => {
    for (const { where, target } of targets) {
      const metrics = [...new Set(selectorsOf(filled(target.expr)).map(({ metric }) => metric))];
      assert(metrics.length > 0, where);
      for (const metric of metrics)
        assert(isExported(metric) || others[metric] !== undefined, `${where}: ${metric}`);
      // The two readers of expressions agree.
      assert.deepEqual(
        metrics.filter((metric) => others[metric] === undefined).sort(),
        metricsIn(filled(target.expr)).sort(),
        where,
      );
    }
  });

  it("read both names of what a version of Postgres or a kind of backup calls otherwise", () => {
    const twins: readonly (readonly [RegExp, RegExp])[] = [
      [/barman_cloud_cloudnative_pg_io_/, /cnpg_collector_(?:first_recov|last_avail|last_failed)/],
      [/cnpg_pg_stat_checkpointer_/, /cnpg_pg_stat_bgwriter_checkpoint/],
    ];
    for (const [one, other] of twins) {
      const reading = targets.filter(({ target: { expr } }) => one.test(expr) || other.test(expr));
      assert(reading.length > 3, String(one));
      for (const { where, target } of reading) {
        assert(one.test(target.expr) && other.test(target.expr), where);
        assert.match(target.expr, /\bor\b/, where);
      }
    }
  });

  it("read every series of the namespaces and clusters that are chosen, and no other", () => {
    const variables = ["datasource", "namespace", "cnpg_cluster"];
    for (const { name, model } of models) {
      assert.deepEqual(
        model.templating.list.map((variable) => variable.name),
        variables,
      );
      const sign = name === "environment" ? "=~" : "=";
      for (const variable of model.templating.list)
        if (variable.type === "query") assert.equal(variable.multi, name === "environment");
      const own = targets.filter(({ where }) => where.startsWith(`${name}: `));
      for (const { where, target } of own)
        for (const [selector] of target.expr.matchAll(/\{[^}]*\}/g)) {
          assert(selector.includes(`namespace${sign}"$namespace"`), `${where}: ${selector}`);
          assert(
            selector.includes(`cnpg_cluster${sign}"$cnpg_cluster"`) ||
              selector.includes('persistentvolumeclaim=~"$cnpg_cluster-[0-9]+(-wal|-tbs-.+)?"'),
            `${where}: ${selector}`,
          );
        }
    }
  });

  it("never sum a point in time, nor show a counter that only grows", () => {
    for (const { where, target } of targets) {
      assert.doesNotMatch(target.expr, /sum by \([^)]*\) \(\w+_(?:timestamp|time|point)\{/, where);
      for (const [, counter] of target.expr.matchAll(/(\w+)\{[^}]*\}(?!\[)/g))
        assert.doesNotMatch(
          counter ?? "",
          /_(?:xact_\w+|tup_\w+|blks_\w+|deadlocks|archived_count|failed_count|temp_bytes|total_\w+|wal_bytes)$/,
          where,
        );
    }
  });
});
