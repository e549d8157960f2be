import assert from "node:assert/strict";
import { BackupBucket } from "../../components/index";
import { settled } from "../helpers/mocks";
import { bucketArgs, children, paths, recordValid, refused, types } from "../helpers/samples";

const remove = { type: "Delete" };

describe("BackupBucket", () => {
  it("declares one bucket in dev that can go, unversioned, with one lifecycle rule", async () => {
    const recording = await recordValid(() => new BackupBucket("dev", bucketArgs({ retention: "7d" })));
    assert.deepEqual(children(recording), [`${types.bucket} dev`]);
    const bucket = recording.one(types.bucket);
    assert.deepEqual(bucket.inputs, {
      name: "acme-dev-dev-postgres-backups",
      project: "acme-dev",
      location: "EUROPE-WEST1",
      storageClass: "STANDARD",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: true,
      versioning: { enabled: false },
      softDeletePolicy: { retentionDurationSeconds: 0 },
      lifecycleRules: [{ action: remove, condition: { age: 16 } }],
      labels: { environment: "dev", "managed-by": "pulumi-cnpg" },
    });
    assert.equal(bucket.options.protect, false);
    assert.equal(bucket.options.parent, `${types.bucketComponent}::dev`);
  });

  it("declares a protected, versioned bucket in prod that cleans up its noncurrent versions", async () => {
    const args = bucketArgs({ project: "acme-prod", profile: "prod", retention: "30d" });
    const recording = await recordValid(() => new BackupBucket("prod", args));
    const { inputs, options } = recording.one(types.bucket);
    assert.equal(inputs.forceDestroy, false);
    assert.equal(options.protect, true);
    assert.deepEqual(inputs.versioning, { enabled: true });
    assert.deepEqual(inputs.softDeletePolicy, { retentionDurationSeconds: 7 * 86_400 });
    assert.deepEqual(inputs.lifecycleRules, [
      { action: remove, condition: { age: 39, withState: "LIVE" } },
      { action: remove, condition: { daysSinceNoncurrentTime: 14, withState: "ARCHIVED" } },
    ]);
  });

  it("takes every setting of the bucket into its place", async () => {
    const args = bucketArgs({
      bucket: "acme-archive",
      environment: "staging",
      location: "eur4",
      storageClass: "NEARLINE",
      retention: "4w",
      schedule: "0 0 3 * * 0",
      deleteMargin: "0d",
      versioning: true,
      noncurrentAge: "2w",
      forceDestroy: false,
      softDelete: "10d",
      kmsKey: "projects/acme-dev/locations/eur4/keyRings/postgres/cryptoKeys/backups",
      labels: { team: "payments", environment: "stage" },
    });
    const recording = await recordValid(() => new BackupBucket("dev", args));
    assert.deepEqual(recording.one(types.bucket).inputs, {
      name: "acme-archive",
      project: "acme-dev",
      location: "EUR4",
      storageClass: "NEARLINE",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: false,
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: 864_000 },
      lifecycleRules: [
        { action: remove, condition: { age: 28 + 7 + 1, withState: "LIVE" } },
        { action: remove, condition: { daysSinceNoncurrentTime: 14, withState: "ARCHIVED" } },
      ],
      labels: { environment: "stage", "managed-by": "pulumi-cnpg", team: "payments" },
      encryption: {
        defaultKmsKeyName: "projects/acme-dev/locations/eur4/keyRings/postgres/cryptoKeys/backups",
      },
    });
  });

  it("has no encryption key and no noncurrent rule when these are left out", async () => {
    const { inputs } = (await recordValid(() => new BackupBucket("dev", bucketArgs()))).one(types.bucket);
    assert(!("encryption" in inputs));
    assert.doesNotMatch(JSON.stringify(inputs.lifecycleRules), /Noncurrent|withState/);
  });

  it("declares nothing for a bucket that exists and answers with its name and age", async () => {
    const args = bucketArgs({ bucket: "acme-shared", existingBucket: true, deleteAge: "60d" });
    const recording = await recordValid(() => new BackupBucket("dev", args));
    assert.deepEqual(children(recording), []);
    assert.equal(await settled(recording.value.bucketName), "acme-shared");
    assert.equal(await settled(recording.value.url), "gs://acme-shared");
    assert.equal(await settled(recording.value.deleteAgeDays), 60);
  });

  it("answers with name, url and age of the bucket it declares", async () => {
    const { value } = await recordValid(() => new BackupBucket("dev", bucketArgs({ deleteAge: "45d" })));
    assert.equal(await settled(value.bucketName), "acme-dev-dev-postgres-backups");
    assert.equal(await settled(value.url), "gs://acme-dev-dev-postgres-backups");
    assert.equal(await settled(value.deleteAgeDays), 45);
  });

  it("outlasts what the profile keeps when no retention is named", async () => {
    for (const [profile, kept] of [
      ["dev", 7],
      ["prod", 30],
    ] as const) {
      const { value } = await recordValid(() => new BackupBucket("b", bucketArgs({ profile })));
      const age = await settled(value.deleteAgeDays);
      assert(
        age > kept + 1,
        `${profile} keeps backups for ${kept} days, its bucket deletes them after ${age}`,
      );
    }
  });

  it("refuses, before anything is registered, an age that does not outlast retention and interval", async () => {
    const problems = await refused(
      () => new BackupBucket("dev", bucketArgs({ retention: "30d", deleteAge: "31d" })),
    );
    assert.deepEqual(paths(problems), ["deleteAge"]);
    assert.match(problems[0]?.allowed ?? "", /^32d or more/);
  });

  it("names every wrong setting at once", async () => {
    const problems = await refused(
      () =>
        new BackupBucket(
          "dev",
          bucketArgs({ bucket: "Acme", retention: "30", schedule: "daily", location: "moon" }),
        ),
    );
    assert.deepEqual(paths(problems).sort(), ["bucket", "location", "retention", "schedule"]);
  });
});
