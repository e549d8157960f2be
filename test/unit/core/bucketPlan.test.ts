import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type BucketBasis, bucketNameOf, decideBucket } from "../../../components/backup/bucketPlan";
import { defaultDeleteAge, minimumDeleteAge, secondsPerDay } from "../../../components/backup/lifecycle";
import { Check } from "../../../components/check";
import { Problems } from "../../../components/problems";
import { paths } from "../../helpers/samples";

const basis = (more: Partial<BucketBasis> = {}): BucketBasis => ({
  project: "acme-dev",
  region: "europe-west1",
  environment: "dev",
  profile: "dev",
  settings: {},
  demands: [
    { of: "clusters.orders-db", retentionDays: 7, longestInterval: secondsPerDay, schedule: "0 0 3 * * *" },
  ],
  namesKnown: true,
  ...more,
});

function decide(more: Partial<BucketBasis> = {}) {
  const problems = new Problems();
  const plan = decideBucket(new Check(problems, "backups"), basis(more));
  return { plan, problems: problems.list };
}

const retention = fc.integer({ min: 1, max: 36_500 });
const interval = fc.integer({ min: 1, max: 40 * secondsPerDay });

describe("The age at which a bucket deletes", () => {
  it("is by default always more than retention and one backup interval, whatever they are", () => {
    fc.assert(
      fc.property(retention, interval, fc.integer({ min: 0, max: 100 }), (days, seconds, margin) => {
        const age = defaultDeleteAge(days, seconds, margin);
        assert(age * secondsPerDay > days * secondsPerDay + seconds);
        assert(age - margin === minimumDeleteAge(days, seconds));
      }),
    );
  });

  it("has a minimum that is more than retention and interval, and not a day more than need be", () => {
    fc.assert(
      fc.property(retention, interval, (days, seconds) => {
        const least = minimumDeleteAge(days, seconds);
        assert(Number.isInteger(least));
        assert(least * secondsPerDay > days * secondsPerDay + seconds);
        assert((least - 2) * secondsPerDay < days * secondsPerDay + seconds);
      }),
    );
    assert.equal(minimumDeleteAge(30, secondsPerDay), 32);
    assert.equal(minimumDeleteAge(30, 1), 32);
    assert.equal(minimumDeleteAge(30, 7 * secondsPerDay), 38);
  });

  it("is accepted exactly from the minimum on", () => {
    for (const [age, accepted] of [
      ["8d", false],
      ["9d", true],
      ["1w", false],
      ["2w", true],
    ] as const) {
      const { problems } = decide({ settings: { deleteAge: age } });
      assert.deepEqual(paths(problems), accepted ? [] : ["backups.deleteAge"], age);
    }
  });

  it("is that of the cluster with the hardest demand, wherever it stands in the list", () => {
    const demand = fc.record({
      of: fc.constant("c"),
      retentionDays: retention,
      longestInterval: interval,
      schedule: fc.constant("0 0 3 * * *"),
    });
    fc.assert(
      fc.property(fc.array(demand, { minLength: 1, maxLength: 5 }), (demands) => {
        const { plan, problems } = decide({ demands });
        assert.deepEqual(problems, []);
        for (const { retentionDays, longestInterval } of demands)
          assert(plan.deleteAgeDays * secondsPerDay > retentionDays * secondsPerDay + longestInterval);
      }),
    );
  });

  it("says whose demand it does not meet", () => {
    const demands = [
      { of: "clusters.a", retentionDays: 7, longestInterval: secondsPerDay, schedule: "@daily" },
      { of: "clusters.b", retentionDays: 7, longestInterval: 7 * secondsPerDay, schedule: "@weekly" },
    ];
    const { problems } = decide({ demands, settings: { deleteAge: "10d" } });
    assert.equal(problems.length, 1);
    assert.match(
      problems[0]?.allowed ?? "",
      /^15d or more: clusters\.b keeps backups for 7 days and makes one every 7 days/,
    );
  });

  it("adds the margin that is asked for, which may be none", () => {
    assert.equal(decide({ settings: { deleteMargin: "0d" } }).plan.deleteAgeDays, 9);
    assert.equal(decide({ settings: { deleteMargin: "3w" } }).plan.deleteAgeDays, 30);
  });
});

describe("A bucket's name", () => {
  it("is the one given, or derived from project and environment", () => {
    assert.equal(bucketNameOf({ ...basis(), settings: { bucket: "mine" } }), "mine");
    assert.equal(bucketNameOf(basis()), "acme-dev-dev-postgres-backups");
    assert.equal(
      bucketNameOf({ ...basis(), project: "example.com:acme-dev" }),
      "acme-dev-dev-postgres-backups",
    );
  });

  it("never exceeds 63 characters, and different environments never share one", () => {
    const environment = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}[a-z0-9]$/);
    const project = "p".repeat(30);
    fc.assert(
      fc.property(environment, environment, (one, two) => {
        const [a, b] = [one, two].map((e) => bucketNameOf({ ...basis(), project, environment: e }));
        assert((a?.length ?? 99) <= 63);
        assert.equal(a === b, one === two);
      }),
    );
  });
});

describe("A bucket that exists already", () => {
  const existing = { bucket: "acme-shared", existingBucket: true, deleteAge: "60d" } as const;

  it("is never destroyed from here, not even in dev", () => {
    const { plan, problems } = decide({ settings: existing });
    assert.deepEqual(problems, []);
    assert.equal(plan.forceDestroy, false);
    assert.equal(plan.existing, true);
  });

  it("needs a name and the age at which its own rule deletes", () => {
    assert.deepEqual(paths(decide({ settings: { existingBucket: true } }).problems), [
      "backups.bucket",
      "backups.deleteAge",
    ]);
  });

  it("takes no setting of a bucket, each named once", () => {
    const settings = {
      ...existing,
      location: "EU",
      storageClass: "NEARLINE",
      versioning: true,
      noncurrentAge: "14d",
      forceDestroy: false,
      softDelete: "7d",
      kmsKey: "projects/acme-dev/locations/eu/keyRings/r/cryptoKeys/k",
      labels: { team: "x" },
    } as const;
    const named = Object.keys(settings).filter((key) => !(key in existing));
    assert.deepEqual(
      paths(decide({ settings }).problems).sort(),
      named.map((key) => `backups.${key}`).sort(),
    );
    const { versioning: _, ...unversioned } = settings;
    const found = paths(decide({ settings: unversioned }).problems);
    assert.deepEqual(found.length, new Set(found).size, `named twice: ${found.join(", ")}`);
  });
});

describe("A bucket's settings", () => {
  it("refuse a force-destroy in prod", () => {
    const { problems } = decide({ profile: "prod", settings: { forceDestroy: true } });
    assert.deepEqual(paths(problems), ["backups.forceDestroy"]);
    assert.equal(decide({ profile: "prod" }).plan.forceDestroy, false);
  });

  it("take soft delete off, or from 7 to 90 days", () => {
    for (const [text, seconds] of [
      ["0d", 0],
      ["7d", 604_800],
      ["90d", 7_776_000],
    ] as const) {
      const { plan, problems } = decide({ settings: { softDelete: text } });
      assert.deepEqual(problems, []);
      assert.equal(plan.softDeleteSeconds, seconds);
    }
    for (const text of ["1d", "6d", "91d", "14w", "7", ""])
      assert.deepEqual(
        paths(decide({ settings: { softDelete: text } }).problems),
        ["backups.softDelete"],
        text,
      );
  });

  it("turn an environment's name into a label value that Google takes", () => {
    assert.equal(decide({ environment: "Dev.Blue" }).plan.labels.environment, "dev-blue");
  });

  it("write the location in capitals, as Google answers", () => {
    assert.equal(decide({ settings: { location: "eur4" } }).plan.location, "EUR4");
    assert.equal(decide().plan.location, "EUROPE-WEST1");
  });
});
