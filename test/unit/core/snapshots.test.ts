import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { ClusterArgs, PostgresEnvironmentArgs } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { environmentArgs, image } from "../../helpers/samples";

type From = NonNullable<ClusterArgs["recoverFrom"]>;
const inS3: Partial<PostgresEnvironmentArgs> = {
  backups: {
    bucket: "acme-pg",
    s3: { endpoint: "https://minio.storage.svc:9000", credentials: { secret: "backup-s3" } },
  },
};

function planOf(
  recoverFrom: Partial<From>,
  { project, region, ...args }: PostgresEnvironmentArgs,
  more: Partial<ClusterArgs> = {},
) {
  const cluster = {
    namespace: "copy",
    image,
    databases: { orders: {} },
    recoverFrom: { postgresMajor: 17, volumeSnapshots: { storage: "orders-db-1" }, ...recoverFrom },
    ...more,
  };
  const google = args.backups?.s3 === undefined && { project, region };
  const problems = new Problems();
  const { clusters } = decideEnvironment(problems, "dev", { ...args, ...google, clusters: { a: cluster } });
  assert.deepEqual(problems.list, []);
  assert(clusters[0] !== undefined);
  return clusters[0].plan;
}

const snapshot = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "orders-db-1" };

describe("A clone of volume snapshots", () => {
  for (const [where, more] of [
    ["Cloud Storage", {}],
    ["S3", inS3],
  ] as const) {
    it(`reads no archive where none is given, in a stack whose backups go to ${where}`, () => {
      const plan = planOf({}, environmentArgs({}, more));
      assert.deepEqual(plan.spec.bootstrap?.recovery, {
        database: "orders",
        owner: "orders",
        secret: { name: "a-orders-credentials" },
        volumeSnapshots: { storage: snapshot },
      });
      assert.equal(plan.spec.externalClusters, undefined);
      assert.equal(plan.recovery?.objectStore, undefined);
      assert.deepEqual(plan.spec.postgresql?.pg_hba, [
        'host all "orders" all scram-sha-256',
        "host all all all reject",
      ]);
    });
  }

  it("replays WAL from an archive in S3, with keys of its own", () => {
    const plan = planOf(
      { bucket: "acme-prod", serverName: "g1", s3: { credentials: { secret: "source-s3" } } },
      environmentArgs({}, inS3),
    );
    assert.equal(plan.spec.bootstrap?.recovery?.source, "source");
    assert.deepEqual(plan.spec.bootstrap?.recovery?.volumeSnapshots, { storage: snapshot });
    const { configuration } = plan.recovery?.objectStore?.spec ?? {};
    assert.equal(configuration?.destinationPath, "s3://acme-prod/cnpg/a");
    assert.equal(configuration?.s3Credentials?.accessKeyId?.name, "source-s3");
  });

  it("needs no backups of its own where it reads no archive", () => {
    const plan = planOf({}, environmentArgs({}), { backup: { enabled: false } });
    assert.deepEqual(plan.spec.bootstrap?.recovery?.volumeSnapshots, { storage: snapshot });
    assert.equal(plan.backup, undefined);
  });

  it("goes on as a replica from an archive beside them", () => {
    const place = { bucket: "acme-prod-backups", serverName: "g1" };
    const { spec } = planOf(place, environmentArgs({}), { replica: {} });
    assert.deepEqual(spec.replica, { enabled: true, source: "source" });
    assert.deepEqual(
      spec.externalClusters?.map(({ name }) => name),
      ["source"],
    );
  });
});
