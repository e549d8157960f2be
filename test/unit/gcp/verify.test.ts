import assert from "node:assert/strict";
import { type Answers, compareCloud, exitCodeOf } from "../../../offline/verify/compare";
import { type Answer, answerOf, questionsOf, types } from "../../../offline/verify/questions";
import { apiProblems } from "../../helpers/gcpSchemas";
import {
  account,
  accountPolicy,
  answer,
  answers,
  bucket,
  changed,
  describe_,
  dev,
  email,
  grant,
  name,
  policy,
  resource,
  wrongIn,
} from "./recorded";

describe("verify:cloud", () => {
  it("asks for the bucket, its policy, the account and its policy, each once, and only reads", () => {
    assert.deepEqual(
      questionsOf(dev).map((question) => question.join(" ")),
      [
        `storage buckets describe gs://${name} --raw --format=json`,
        `storage buckets get-iam-policy gs://${name} --format=json`,
        `iam service-accounts describe ${email} --format=json`,
        `iam service-accounts get-iam-policy ${email} --format=json`,
      ],
    );
  });

  it("reads a bucket as Google's description of the API has it", () => {
    const { found } = answer(describe_) as { found: object };
    assert.deepEqual(apiProblems("storage.Bucket", found), []);
  });

  it("finds all as declared, with one line for each thing that was looked at", () => {
    const looks = compareCloud(dev, answers());
    assert.deepEqual(wrongIn(answers()), []);
    assert.equal(exitCodeOf(looks), 0);
    assert.deepEqual(
      looks.map(({ what }) => what),
      [
        "location",
        "storage class",
        "lifecycle",
        "versioning",
        "soft delete, seconds",
        "uniform access",
        "public access prevention",
        "key",
        "labels",
        "not public",
        `roles/storage.objectUser for serviceAccount:${email}`,
        `roles/storage.bucketViewer for serviceAccount:${email}`,
        "service account",
        "roles/iam.workloadIdentityUser for serviceAccount:acme-dev.svc.id.goog[orders/orders-db]",
      ],
    );
  });

  const differing: readonly (readonly [string, Answers, RegExp])[] = [
    [
      "another location",
      changed(describe_, (b) => Object.assign(b, { location: "US" })),
      /^✗ location: US; declared is EUROPE-WEST1: it can't be changed/,
    ],
    [
      "another class",
      changed(describe_, (b) => Object.assign(b, { storageClass: "ARCHIVE" })),
      /^✗ storage class: ARCHIVE/,
    ],
    [
      "no lifecycle",
      changed(describe_, (b) => delete b.lifecycle),
      /^✗ lifecycle: \[\]; declared is \[.*"age":16.*pulumi up --refresh/,
    ],
    [
      "another rule",
      changed(describe_, (b) =>
        Object.assign(b, { lifecycle: { rule: [{ action: { type: "Delete" }, condition: { age: 3 } }] } }),
      ),
      /^✗ lifecycle: .*"age":3/,
    ],
    [
      "versions",
      changed(describe_, (b) => Object.assign(b, { versioning: { enabled: true } })),
      /^✗ versioning: true; declared is false/,
    ],
    [
      "soft delete",
      changed(describe_, (b) =>
        Object.assign(b, { softDeletePolicy: { retentionDurationSeconds: "604800" } }),
      ),
      /^✗ soft delete, seconds: 604800; declared is 0/,
    ],
    [
      "a retention policy",
      changed(describe_, (b) => Object.assign(b, { retentionPolicy: { retentionPeriod: "604800" } })),
      /^✗ no retention policy: 604800 seconds, and no base backup can complete: .*--clear-retention-period/,
    ],
    [
      "a locked retention policy",
      changed(describe_, (b) =>
        Object.assign(b, { retentionPolicy: { retentionPeriod: "604800", isLocked: true } }),
      ),
      /^✗ no retention policy: 604800 seconds, locked, .*a bucket of another name/,
    ],
    [
      "a hold of every object",
      changed(describe_, (b) => Object.assign(b, { defaultEventBasedHold: true })),
      /^✗ no holds: .*--no-default-event-based-hold/,
    ],
    [
      "no uniform access",
      changed(describe_, (b) =>
        Object.assign(b, { iamConfiguration: { publicAccessPrevention: "enforced" } }),
      ),
      /^✗ uniform access: false/,
    ],
    [
      "another key",
      changed(describe_, (b) => Object.assign(b, { encryption: { defaultKmsKeyName: "k" } })),
      /^✗ key: k; declared is Google's own/,
    ],
    [
      "another label",
      changed(describe_, (b) => Object.assign(b, { labels: { environment: "prod" } })),
      /^✗ labels: .*"environment":"prod","managed-by":"none"/,
    ],
    [
      "everybody",
      changed(policy, (p) =>
        (p as unknown as { bindings: unknown[] }).bindings.push({
          role: "roles/storage.objectViewer",
          members: ["allUsers"],
        }),
      ),
      /^✗ not public: everybody has roles\/storage\.objectViewer/,
    ],
    [
      "a grant that is gone",
      changed(policy, (p) => (p as unknown as { bindings: unknown[] }).bindings.pop()),
      /^✗ roles\/storage\.objectUser for .*: it is not there: `pulumi up --refresh`/,
    ],
    [
      "a grant with a condition",
      changed(policy, (p) =>
        Object.assign((p as unknown as { bindings: object[] }).bindings.at(-1) ?? {}, {
          condition: { expression: "false" },
        }),
      ),
      /it is there with false; declared is no condition/,
    ],
    [
      "a disabled account",
      changed(account, (a) => Object.assign(a, { disabled: true })),
      /^✗ service account: it is disabled/,
    ],
    [
      "a grant to an account that was deleted",
      changed(policy, (p) =>
        Object.assign((p as unknown as { bindings: object[] }).bindings.at(-1) ?? {}, {
          members: [`deleted:serviceAccount:${email}?uid=1`],
        }),
      ),
      /deleted account of that name/,
    ],
    [
      "no Workload Identity member",
      changed(accountPolicy, (p) => Object.assign(p, { bindings: [] })),
      /^✗ roles\/iam\.workloadIdentityUser for .*orders-db\]: it is not there/,
    ],
    [
      "no bucket",
      answers({ [describe_]: answer("storage buckets describe gs://missing --raw --format=json") }),
      /^✗ bucket: there is none; `pulumi up` makes it/,
    ],
    [
      "no account",
      answers({
        [account]: answer(
          "iam service-accounts describe missing@acme-dev.iam.gserviceaccount.com --format=json",
        ),
      }),
      /^✗ service account: there is none/,
    ],
  ];
  for (const [what, given, message] of differing)
    it(`says so, and only that, of ${what}`, () => {
      const wrong = wrongIn(given);
      assert.equal(wrong.length, 1, wrong.join("\n"));
      assert.match(wrong[0] ?? "", message);
      assert.equal(exitCodeOf(compareCloud(dev, given)), 1);
    });

  it("has no ✓ for what it may not read, and says why", () => {
    const given = answers({
      [describe_]: answer("storage buckets describe gs://forbidden --raw --format=json"),
      [accountPolicy]: answer(
        "iam service-accounts get-iam-policy forbidden@acme-dev.iam.gserviceaccount.com --format=json",
      ),
    });
    const wrong = wrongIn(given);
    assert.equal(wrong.length, 2, wrong.join("\n"));
    assert.match(wrong[0] ?? "", /^– bucket: .*storage\.buckets\.get/);
    assert.match(wrong[1] ?? "", /^– roles\/iam\.workloadIdentityUser .*: /);
    assert.equal(exitCodeOf(compareCloud(dev, given)), 2);
  });

  it("has no ✓ at all where nobody answered", () => {
    const none: Answers = new Map();
    assert.ok(compareCloud(dev, none).every(({ mark }) => mark === "–"));
    assert.equal(exitCodeOf(compareCloud(dev, none)), 2);
    assert.match(wrongIn(answers({ [policy]: answerOf(0, "no JSON", "") })).join(), /no JSON/);
  });

  it("knows a condition by its expression, and both rules of a versioned bucket", () => {
    const condition = { title: "t", description: "Objects below cnpg/orders-db/ only", expression: "true" };
    const versioned = resource(types.bucket, {
      ...bucket.inputs,
      versioning: { enabled: true },
      lifecycleRules: [
        { action: { type: "Delete" }, condition: { age: 39, withState: "LIVE" } },
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 14, withState: "ARCHIVED" } },
      ],
    });
    const given = new Map([
      ...changed(describe_, (b) =>
        Object.assign(b, {
          versioning: { enabled: true },
          lifecycle: {
            rule: [
              { action: { type: "Delete" }, condition: { isLive: false, daysSinceNoncurrentTime: 14 } },
              { action: { type: "Delete" }, condition: { isLive: true, age: 39 } },
            ],
          },
        }),
      ),
      [
        policy,
        {
          found: {
            bindings: [{ role: "roles/storage.objectUser", members: [`serviceAccount:${email}`], condition }],
          },
        },
      ],
    ] as [string, Answer][]);
    assert.deepEqual(wrongIn(given, [versioned, grant("roles/storage.objectUser", condition)]), []);
    assert.equal(wrongIn(given, [versioned, grant("roles/storage.objectUser")]).length, 1);
  });

  it("asks of a bucket of somebody else's for uniform access only", () => {
    const declared = [grant("roles/storage.objectUser"), grant("roles/storage.bucketViewer")];
    assert.deepEqual(wrongIn(answers(), declared), []);
    const open = changed(describe_, (b) => delete b.iamConfiguration);
    assert.match(
      wrongIn(open, declared).join(),
      /^✗ uniform access: false; declared is true: its owner turns it on/,
    );
  });
});
