import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectsOf } from "../../../../policies/lint/chart/objects";
import { parse } from "../../../../policies/lint/yaml";
import { drawn } from "./drawn";

type Objects = Readonly<Record<string, unknown>>;

const kinds = [
  "Cluster",
  "ObjectStore",
  "ScheduledBackup",
  "Database",
  "Pooler",
  "ImageCatalog",
  "PodMonitor",
];
const release = { name: "orders", namespace: "shop" };

/** What a rule can tell apart: without what is not there, and without what names the chart's version. */
function told(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key]) => key !== "helm.sh/chart" && key !== "app.kubernetes.io/component")
    .map(([key, inner]) => [key, told(inner)] as const)
    .filter(([, inner]) => inner !== null && inner !== undefined)
    .filter(([, inner]) => typeof inner !== "object" || Object.keys(inner as object).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept);
}

function byName(objects: readonly unknown[]): Objects {
  const named = objects.flatMap((one) => {
    const object = told(one) as { kind?: string; metadata?: { name?: string } } | undefined;
    return object?.kind !== undefined && kinds.includes(object.kind)
      ? [[`${object.kind} ${object.metadata?.name}`, object] as const]
      : [];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const mapped = (values: string) => objectsOf(parse(values).documents[0], release);

describe("what the chart cluster makes of values", () => {
  const recorded = JSON.parse(
    readFileSync(join(__dirname, "../../../fixtures/chart-cluster.json"), "utf8"),
  ) as Readonly<Record<string, Objects>>;
  for (const [what, values] of Object.entries(drawn))
    it(`is what was seen of the chart: ${what}`, () =>
      assert.deepEqual(byName(mapped(values).objects.map(({ object }) => object)), recorded[what]));

  it("is nothing that the chart refuses, and its missing values are named", () => {
    const refusedOf = (values: string) => mapped(values).refused.map(({ path }) => path);
    assert.deepEqual(refusedOf("backups: { enabled: true }"), ["backups.s3.region", "backups.s3.bucket"]);
    assert.deepEqual(refusedOf("backups: { enabled: true, provider: google }"), ["backups.google.bucket"]);
    assert.deepEqual(refusedOf("mode: replica"), ["replica.bootstrap.source"]);
    assert.deepEqual(refusedOf("mode: none\ntype: mysql"), ["type", "mode"]);
  });

  const { CNPG_CLUSTER_CHART: chart } = process.env;
  const helm = spawnSync("helm", ["version"]).error === undefined;
  for (const [what, values] of helm && chart !== undefined ? Object.entries(drawn) : [])
    it(`is what helm renders of the chart in CNPG_CLUSTER_CHART: ${what}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "cnpg-chart-"));
      try {
        const file = join(folder, "values.yaml");
        writeFileSync(file, values);
        const args = [
          "template",
          release.name,
          chart ?? "",
          "--namespace",
          release.namespace,
          "--values",
          file,
        ];
        const { stdout, stderr, status } = spawnSync("helm", args, { encoding: "utf8" });
        assert.equal(status, 0, stderr);
        const rendered = stdout.split(/^---\n/m).flatMap((text) => parse(text).documents);
        assert.deepEqual(byName(mapped(values).objects.map(({ object }) => object)), byName(rendered));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
});
