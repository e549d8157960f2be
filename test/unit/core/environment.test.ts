import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decideEnvironment } from "../../../components/environment/decide";
import { type ClusterArgs, type PostgresEnvironmentArgs, Problems } from "../../../components/index";
import { validateManifest } from "../../../offline/validate";
import { emptyKeys, environmentArgs, image, paths } from "../../helpers/samples";

function decide(clusters: Record<string, ClusterArgs>, more: Partial<PostgresEnvironmentArgs> = {}) {
  const problems = new Problems();
  const plan = decideEnvironment(problems, "dev", environmentArgs(clusters, more));
  return { plan, problems: problems.list };
}

const orders: ClusterArgs = { namespace: "orders", image };

/** The manifests of one planned cluster, as the component declares them. */
function manifests({ plan }: ReturnType<typeof decide>["plan"]["clusters"][number]): unknown[] {
  const { workload, spec, backup, databases } = plan;
  const metadata = (name: string) => ({ name, namespace: workload.namespace });
  const cnpg = "postgresql.cnpg.io/v1";
  return [
    { apiVersion: cnpg, kind: "Cluster", metadata: metadata(workload.cluster), spec },
    ...databases.databases.map((d) => ({
      apiVersion: cnpg,
      kind: "Database",
      metadata: metadata(d.objectName),
      spec: d.spec,
    })),
    ...(backup === undefined
      ? []
      : [
          {
            apiVersion: cnpg,
            kind: "ScheduledBackup",
            metadata: metadata("s"),
            spec: backup.scheduledBackup.spec,
          },
        ]),
    ...(backup?.objectStore === undefined
      ? []
      : [
          {
            apiVersion: "barmancloud.cnpg.io/v1",
            kind: "ObjectStore",
            metadata: metadata("o"),
            spec: backup.objectStore.spec,
          },
        ]),
  ];
}

const oneOf = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const someCluster = fc.record(
  {
    namespace: label,
    image: fc.constant(image),
    instances: fc.integer({ min: 2, max: 9 }),
    storage: fc.record({ size: fc.constantFrom("20Gi", "1Ti"), storageClass: label }, { requiredKeys: [] }),
    walStorage: fc.record({ enabled: fc.boolean() }, { requiredKeys: [] }),
    resources: fc.record(
      { cpu: fc.constantFrom("1", "500m"), memory: fc.constantFrom("2Gi", "16Gi") },
      { requiredKeys: [] },
    ),
    placement: fc.record(
      {
        antiAffinity: fc.constantFrom("required", "preferred", "off" as const),
        topologyKey: fc.constant("zone"),
      },
      { requiredKeys: [] },
    ),
    databases: fc.dictionary(
      fc.constant("app"),
      fc.record(
        { owner: label, extensions: fc.constant(["vector"]), schemas: fc.constant(["x"]) },
        { requiredKeys: [] },
      ),
      { minKeys: 1, maxKeys: 1 },
    ),
    backup: fc.record(
      {
        retention: fc.constantFrom("3d", "2w"),
        walCompression: fc.constantFrom("none", "zstd" as const),
        env: fc.constant({ A: "b" }),
      },
      { requiredKeys: [] },
    ),
    synchronous: fc.constant({ number: 1 }),
    labels: fc.constant({ team: "x" }),
  },
  { requiredKeys: ["namespace", "image"] },
);

describe("A decided environment", () => {
  it("renders manifests that Kubernetes takes, with no key that has no value, whatever is set or left out", () => {
    fc.assert(
      fc.property(
        someCluster,
        oneOf("dev", "prod"),
        oneOf("shared", "perCluster"),
        (cluster, profile, identity) => {
          const args = JSON.parse(JSON.stringify(cluster)) as ClusterArgs;
          const synchronous =
            args.synchronous !== undefined && args.instances === undefined ? { instances: 2 } : {};
          const { plan, problems } = decide({ db: { ...args, ...synchronous } }, {
            ...(profile && { profile }),
            ...(identity && { backups: { identity } }),
          } as Partial<PostgresEnvironmentArgs>);
          assert.deepEqual(problems, []);
          for (const planned of plan.clusters) {
            for (const manifest of manifests(planned)) {
              assert.deepEqual(validateManifest(manifest), []);
              assert.deepEqual(emptyKeys(manifest), []);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same whatever order the clusters come in", () => {
    const a = { ...orders, namespace: "a" };
    const b = { ...orders, namespace: "b" };
    assert.deepEqual(decide({ x: a, y: b }).plan, decide({ y: b, x: a }).plan);
  });

  it("lets clusters of one name live in two namespaces if their folders are apart", () => {
    const a = { ...orders, namespace: "a", name: "db" };
    const b = { ...orders, namespace: "b", name: "db", backup: { prefix: "cnpg/b-db" } };
    assert.deepEqual(decide({ one: a, two: b }).problems, []);
    assert.deepEqual(paths(decide({ one: a, two: { ...b, backup: {} } }).problems), [
      "clusters.two.backup.prefix",
    ]);
  });

  it("refuses folders inside one another, and takes those that only begin alike", () => {
    const at = (prefix: string, namespace: string): ClusterArgs => ({
      ...orders,
      namespace,
      backup: { prefix },
    });
    const nested = decide({ a: at("pg/a", "a"), b: at("pg/a/b/c", "b") }).problems;
    assert.deepEqual(paths(nested), ["clusters.b.backup.prefix"]);
    assert.deepEqual(decide({ a: at("pg/a", "a"), b: at("pg/a-b", "b") }).problems, []);
  });

  it("does not hold clusters without backups to folders", () => {
    const off: ClusterArgs = { ...orders, backup: { enabled: false, prefix: "pg/x" } };
    assert.deepEqual(decide({ a: off, b: { ...off, namespace: "b" } }).problems, []);
  });

  it("says once, under backups, what is wrong there, however many clusters inherit it", () => {
    const { problems } = decide(
      { a: { ...orders, namespace: "a" }, b: { ...orders, namespace: "b" } },
      { backups: { retention: "30", schedule: "daily", walParallel: 0 } },
    );
    assert.deepEqual(paths(problems).sort(), [
      "backups.retention",
      "backups.schedule",
      "backups.walParallel",
    ]);
  });

  it("gives each cluster the account that the identity plan makes", () => {
    const { plan } = decide(
      { a: orders, b: { ...orders, namespace: "b" } },
      { backups: { identity: "perCluster" } },
    );
    for (const { plan: planned, gcpServiceAccount } of plan.clusters)
      assert.equal(plan.identity.emails.get(planned.workload.toString()), gcpServiceAccount);
  });

  it("waits up to half an hour for grants, and two minutes by default", () => {
    assert.equal(decide({ a: orders }).plan.iamPropagationSeconds, 120);
    assert.equal(
      decide({ a: orders }, { backups: { iamPropagationWait: "30m" } }).plan.iamPropagationSeconds,
      1800,
    );
    const { problems } = decide({ a: orders }, { backups: { iamPropagationWait: "31m" } });
    assert.deepEqual(paths(problems), ["backups.iamPropagationWait"]);
  });
});
