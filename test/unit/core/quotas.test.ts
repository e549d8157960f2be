import assert from "node:assert/strict";
import { Check } from "../../../components/check";
import { decideIdentity } from "../../../components/identity/decide";
import { BackupIdentity, type BackupIdentityArgs, checkEnvironment } from "../../../components/index";
import { Problems } from "../../../components/problems";
import { ObjectStoreLocation } from "../../../components/units/location";
import { Workload } from "../../../components/units/workload";
import { record } from "../../helpers/mocks";

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const tenants = (count: number, reads = false): BackupIdentityArgs["tenants"] =>
  many(count, (i) => ({
    namespace: "orders",
    cluster: `db-${i}`,
    ...(reads && { reads: { bucket: "acme-prod-backups", prefix: `cnpg/source-${i}` } }),
  }));

/** As BackupIdentity decides, without registering hundreds of resources where nothing is wrong. */
function problemsOf({
  tenants,
  readers,
  mode,
  projectNumber,
}: Omit<BackupIdentityArgs, "project" | "bucket">) {
  const problems = new Problems();
  const given = tenants.map(({ namespace, cluster, reads }) => ({
    workload: new Workload(namespace, cluster),
    location: new ObjectStoreLocation("acme-prod-postgres-backups", `cnpg/${cluster}`, `${cluster}-g1`),
    source: reads && new ObjectStoreLocation(reads.bucket, reads.prefix, `${cluster}-g1`),
  }));
  decideIdentity(new Check(problems), {
    project: "acme-prod",
    projectNumber,
    environment: "prod",
    mode: mode ?? "shared",
    modeIs: "mode",
    serviceAccount: undefined,
    namesKnown: true,
    tenants: given,
    readers: (readers ?? []).flatMap(({ cluster, member }) =>
      given
        .filter(({ workload }) => workload.cluster === cluster)
        .map((of) => ({ of, member, expires: undefined })),
    ),
  });
  return problems.list.map(({ path, value, allowed }) => `${path}: ${JSON.stringify(value)}: ${allowed}`);
}

describe("Google's limits of an allow policy", () => {
  it("are twenty conditions for one role and member: twenty sources of an account that all share", () => {
    assert.deepEqual(problemsOf({ tenants: tenants(20, true) }), []);
    assert.deepEqual(problemsOf({ tenants: tenants(21, true) }), [
      'mode: "shared": perCluster or direct, or fewer clusters that begin from gs://acme-prod-backups: IAM takes 20 conditions for one role and member ' +
        "of a bucket, and serviceAccount:cnpg-prod@acme-prod.iam.gserviceaccount.com would have roles/storage.objectViewer there with 21",
    ]);
    assert.deepEqual(problemsOf({ mode: "perCluster", tenants: tenants(21, true) }), []);
  });

  it("are twenty conditions for one reader, too", () => {
    const readers = (count: number) =>
      many(count, (i) => ({ namespace: "orders", cluster: `db-${i}`, member: "group:audit@acme.example" }));
    assert.deepEqual(problemsOf({ tenants: tenants(21), readers: readers(20) }), []);
    assert.deepEqual(problemsOf({ tenants: tenants(21), readers: readers(21) }), [
      'readers: "group:audit@acme.example": in at most 20 entries for gs://acme-prod-postgres-backups: IAM takes 20 conditions for one role and member ' +
        "of a bucket, and it would have roles/storage.objectViewer there with 21",
    ]);
  });

  it("are twenty folders of dumps for an account that exports share", async () => {
    const identity = (count: number, sharedPrefix?: string) =>
      record(
        () =>
          new BackupIdentity("prod", {
            project: "acme-prod",
            bucket: "acme-prod-postgres-backups",
            tenants: tenants(1),
            jobs: many(count, (i) => ({
              namespace: "orders",
              cluster: `db-${i}`,
              purpose: "export" as const,
              bucket: "acme-dumps",
              prefix: `exports/db-${i}`,
              ...(sharedPrefix !== undefined && { sharedPrefix }),
            })),
          }),
      );
    await assert.rejects(
      identity(21),
      /1 problem, nothing was registered\n {2}mode: got "shared", expected perCluster or direct, or exports and imports below one folder \(sharedPrefix\) of gs:\/\/acme-dumps: .*roles\/storage\.objectCreator there with 21/,
    );
    await identity(20);
    await identity(21, "exports");
  });

  it("are none of legacy roles, which Cloud Storage takes for a hundred principals: none is given", () => {
    for (const mode of ["perCluster", "direct"] as const)
      assert.deepEqual(problemsOf({ mode, projectNumber: "123456789012", tenants: tenants(500) }), []);
  });

  it("are 1,500 principals in a policy, each counted as often as it stands there", () => {
    assert.deepEqual(problemsOf({ tenants: tenants(1500) }), []);
    assert.deepEqual(problemsOf({ tenants: tenants(1501) }), [
      'mode: "shared": perCluster or direct, or at most 1500 clusters: IAM takes 1500 principals in one policy, and that of ' +
        "cnpg-prod@acme-prod.iam.gserviceaccount.com would have 1501",
    ]);
    const readers = many(1498, (i) => ({
      namespace: "orders",
      cluster: "db-0",
      member: `user:person-${i}@acme.example`,
    }));
    assert.deepEqual(problemsOf({ tenants: tenants(1), readers }), []);
    assert.deepEqual(
      problemsOf({
        tenants: tenants(1),
        readers: [...readers, { namespace: "orders", cluster: "db-0", member: "user:one-more@acme.example" }],
      }),
      [
        "readers: 1499: fewer, such as one group: IAM takes 1500 principals in one policy, each as often as it stands there, and that of " +
          "gs://acme-prod-postgres-backups would have 1501",
      ],
    );
  });

  it("are told in the component's own words, before anything is registered", async () => {
    await assert.rejects(
      record(
        () =>
          new BackupIdentity("prod", {
            project: "acme-prod",
            bucket: "acme-prod-postgres-backups",
            tenants: tenants(25, true),
          }),
      ),
      /^(Error: )?BackupIdentity prod: 1 problem, nothing was registered\n {2}mode: got "shared", expected perCluster or direct, or fewer clusters that begin/,
    );
  });

  it("are told in the words of a stack file, before anything is registered: twenty-five clones of twenty-five clusters", () => {
    const problemsWith = (identity: "shared" | "perCluster") =>
      checkEnvironment("dev", {
        project: "acme-dev",
        region: "europe-west1",
        profile: "dev",
        backups: { identity },
        clusters: Object.fromEntries(
          many(25, (i) => [
            `db-${i}`,
            {
              namespace: `db-${i}`,
              image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
              databases: { app: {} },
              recoverFrom: {
                bucket: "acme-prod-backups",
                objectPrefix: `cnpg/db-${i}`,
                serverName: `db-${i}-g1`,
                postgresMajor: 17,
              },
            },
          ]),
        ),
      }).map(({ path, value }) => [path, value]);
    assert.deepEqual(problemsWith("shared"), [["backups.identity", "shared"]]);
    assert.deepEqual(problemsWith("perCluster"), []);
  });
});
