import assert from "node:assert/strict";
import { load } from "js-yaml";
import { decided, manifest, ofKind } from "../../helpers/monitored";

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
