import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { PostgresEnvironment } from "../../../components/index";
import { gcpLabelKey, gcpLabelValue, serviceAccountId } from "../../../components/units";
import { stackFiles } from "../../../offline/sources";
import { readProject, readStackFile } from "../../../offline/stackFile";
import { loadStack, sourceStacks } from "../../../stacks/load";
import { readStacks } from "../../../stacks/read";
import { requestOf } from "../../helpers/gcpRequests";
import { apiProblems, inputProblems, messageSchema, providerInputs } from "../../helpers/gcpSchemas";
import { type Fields, type Recorded, record } from "../../helpers/mocks";
import { validStacks } from "../../helpers/validStacks";

const root = join(__dirname, "../../..");
const project = readProject(root);

/** What each type is called in the typings of the provider. */
const typings: Readonly<Record<string, readonly [file: string, args: string]>> = {
  "gcp:storage/bucket:Bucket": ["storage/bucket.d.ts", "BucketArgs"],
  "gcp:storage/bucketIAMMember:BucketIAMMember": ["storage/bucketIAMMember.d.ts", "BucketIAMMemberArgs"],
  "gcp:serviceaccount/account:Account": ["serviceaccount/account.d.ts", "AccountArgs"],
  "gcp:serviceaccount/iAMMember:IAMMember": ["serviceaccount/iammember.d.ts", "IAMMemberArgs"],
};
const inputsOf = new Map(
  Object.entries(typings).map(([type, [file, args]]) => [type, providerInputs(file, args)]),
);

/** Everything of Google's that a stack declares. */
async function declared(
  stack: string,
  config: Readonly<Record<string, string>>,
): Promise<readonly Recorded[]> {
  const sources = await readStacks(
    sourceStacks(config),
    stackFiles(root, project, () => {}),
  );
  const args = loadStack(stack, config, sources);
  const { resources } = await record(() => new PostgresEnvironment(args.environment ?? stack, args));
  return resources.filter(({ type }) => type.startsWith("gcp:"));
}

function problemsOf({ type, name, inputs }: Pick<Recorded, "type" | "name" | "inputs">): string[] {
  const known = inputsOf.get(type);
  if (known === undefined) return [`${type}: nothing is known of it here`];
  const { message, body } = requestOf(type, inputs);
  return [
    ...inputProblems(inputs, known),
    ...apiProblems(message, body),
    ...limitProblems(message, body),
  ].map((problem) => `${type} ${name}: ${problem}`);
}

/** What the documents say in words only. */
function limitProblems(message: string, body: Fields): string[] {
  const problems: string[] = [];
  const require = (holds: boolean, what: string) => void (holds || problems.push(what));
  if (message === "storage.Bucket") {
    const { storageClass, labels, lifecycle, softDeletePolicy, iamConfiguration } = body as {
      storageClass: string;
      labels: Record<string, string>;
      lifecycle: { rule: { action: { type: string }; condition: { age?: number } }[] };
      softDeletePolicy: { retentionDurationSeconds: string };
      iamConfiguration: { publicAccessPrevention: string };
    };
    const classes = valuesIn(messageSchema("storage", "Bucket"), "storageClass", "description");
    require(classes.includes(storageClass), `storageClass ${storageClass}: ${classes}`);
    require(Object.keys(labels).length <= 64, "more than 64 labels");
    for (const [key, value] of Object.entries(labels))
      require(gcpLabelKey(key).ok && gcpLabelValue(value).ok, `label ${key}: ${value}`);
    // https://cloud.google.com/storage/docs/lifecycle: at most 100 rules.
    require(lifecycle.rule.length >= 1 && lifecycle.rule.length <= 100, "lifecycle rules");
    for (const { action, condition } of lifecycle.rule) {
      require(action.type === "Delete", `action ${action.type}`);
      require(Object.keys(condition).length > 0, "a rule without a condition");
      require(condition.age === undefined || condition.age > 0, `age ${condition.age}`);
    }
    // https://cloud.google.com/storage/docs/soft-delete: off, or 7 to 90 days.
    const days = Number(softDeletePolicy.retentionDurationSeconds) / 86_400;
    require(days === 0 || (days >= 7 && days <= 90), `soft delete of ${days} days`);
    require(["enforced", "inherited"].includes(
      iamConfiguration.publicAccessPrevention,
    ), "publicAccessPrevention");
  }
  if (message === "iam.CreateServiceAccountRequest") {
    const { accountId, serviceAccount } = body as {
      accountId: string;
      serviceAccount: { displayName: string };
    };
    // The pattern as the document of the API has it, and the check of our own, which must not be milder.
    const said = JSON.stringify(messageSchema("iam", "CreateServiceAccountRequest"));
    const [, least, most, pattern] =
      /must be (\d+)-(\d+) characters long, and match the regular expression `([^`]+)`/.exec(said) ?? [];
    require(new RegExp(`^${pattern}$`).test(accountId), `accountId ${accountId}`);
    require(accountId.length >= Number(least) && accountId.length <= Number(most), `accountId ${accountId}`);
    require(serviceAccountId(accountId).ok, `accountId ${accountId}`);
    require(Buffer.byteLength(serviceAccount.displayName) <=
      100, `displayName ${serviceAccount.displayName}`);
  }
  return problems;
}

/** The values that the prose of a property names, in capitals. */
function valuesIn(schema: unknown, property: string, key: string): string[] {
  const text = (schema as { properties: Record<string, Record<string, string>> }).properties[property]?.[key];
  return text?.match(/\b[A-Z]{2,}(?:_[A-Z]+)*\b/g) ?? [];
}

/** Settings of a bucket that {@link validStacks} does not draw. */
const bucketSettings = fc.record(
  {
    location: fc.constantFrom("europe-west1", "EU", "eur4"),
    storageClass: fc.constantFrom("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"),
    versioning: fc.boolean(),
    softDelete: fc.constantFrom("0d", "7d", "90d"),
    deleteMargin: fc.constantFrom("0d", "400d"),
    kmsKey: fc.constant("projects/acme-test/locations/europe-west1/keyRings/postgres/cryptoKeys/backups"),
    labels: fc.dictionary(
      fc.stringMatching(/^[a-zß][a-z0-9_-]{0,20}$/),
      fc.stringMatching(/^[a-zé0-9_-]{0,20}$/),
    ),
  },
  { requiredKeys: [] },
);

/** What deletes itself says so, in a line of its own for each. */
const silent = (config: Readonly<Record<string, string>>) => ({
  ...config,
  "pulumi-cnpg:clusters": (config["pulumi-cnpg:clusters"] ?? "").replaceAll(/,?"timeToLive":"\w+"/g, ""),
});
const identity = fc.constantFrom(
  { identity: "shared" },
  { identity: "perCluster" },
  { identity: "direct", projectNumber: "123456789012" },
);

describe("Every request that the GCP provider would send", () => {
  for (const stack of ["dev", "prod", "dev-clone", "s3"])
    it(`is one that Google's own description of the API takes: stack ${stack}`, async () => {
      const { config } = readStackFile(root, project, stack);
      const resources = await declared(stack, config);
      assert.equal(resources.length > 0, stack !== "s3");
      assert.deepEqual(resources.flatMap(problemsOf), []);
    });

  it("is one that it takes, for every setting at once", async () => {
    const file = join(root, "test/unit/stacks/everySetting.yaml");
    const { config } = readStackFile(root, project, "every", file);
    const resources = await declared("every", config);
    assert.deepEqual(new Set(resources.map(({ type }) => type)), new Set(Object.keys(typings)));
    assert.deepEqual(resources.flatMap(problemsOf), []);
  });

  it("is one that it takes, for any stack that nothing is wrong with", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(validStacks, bucketSettings, identity, async (config, bucket, mode) => {
        const backups = JSON.parse(config["pulumi-cnpg:backups"] ?? "{}") as Fields;
        const drawn =
          backups.s3 === undefined
            ? { ...config, "pulumi-cnpg:backups": JSON.stringify({ ...backups, ...bucket, ...mode }) }
            : config;
        const resources = await declared("test", silent(drawn));
        for (const { type } of resources) seen.add(type);
        assert.deepEqual(resources.flatMap(problemsOf), []);
      }),
      { numRuns: 30 },
    );
    // All types are in the test above; here it is up to the draw.
    assert.ok(seen.size > 0);
  }).timeout(60_000);

  it("is found out where it is wrong", () => {
    const bucket: Fields = {
      name: "acme-backups",
      location: "EUROPE-WEST1",
      storageClass: "STANDARD",
      labels: {},
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: 604_800 },
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 16, withState: "LIVE" } }],
    };
    const account: Fields = { accountId: "cnpg-dev", project: "acme-dev", displayName: "x" };
    const grant: Fields = { bucket: "b", role: "roles/storage.objectUser", member: "user:a@acme.example" };
    const of = (type: keyof typeof typings, inputs: Fields) => problemsOf({ type, name: "x", inputs }).length;
    const [bucketType, grantType, accountType] = Object.keys(typings) as [string, string, string];
    assert.deepEqual([of(bucketType, bucket), of(accountType, account), of(grantType, grant)], [0, 0, 0]);
    const wrong: readonly (readonly [string, Fields])[] = [
      [bucketType, { ...bucket, storageClass: "HOT" }],
      [bucketType, { ...bucket, location: undefined }],
      [bucketType, { ...bucket, versioning: { enabled: "yes" } }],
      [bucketType, { ...bucket, versioning: { on: true } }],
      [bucketType, { ...bucket, softDeletePolicy: { retentionDurationSeconds: 86_400 } }],
      [bucketType, { ...bucket, softDeletePolicy: { retentionDurationSeconds: 604_800.5 } }],
      [bucketType, { ...bucket, lifecycleRules: [{ action: { type: "Remove" }, condition: { age: 16 } }] }],
      [bucketType, { ...bucket, lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 1.5 } }] }],
      [bucketType, { ...bucket, lifecycleRules: [{ action: { type: "Delete" }, condition: { days: 9 } }] }],
      [bucketType, { ...bucket, lifecycleRules: [{ action: { type: "Delete" }, condition: {} }] }],
      [bucketType, { ...bucket, labels: { Team: "a" } }],
      [bucketType, { ...bucket, encryption: { key: "k" } }],
      [accountType, { ...account, accountId: "cnpg" }],
      [accountType, { ...account, accountId: "Cnpg-dev" }],
      [accountType, { ...account, accountId: "cnpg-dev-" }],
      [accountType, { ...account, accountId: "c".repeat(31) }],
      [accountType, { ...account, displayName: "ü".repeat(51) }],
      [grantType, { ...grant, condition: { title: "t", expr: "true" } }],
      [grantType, { ...grant, member: ["user:a@acme.example"] }],
      [grantType, { ...grant, role: undefined }],
    ];
    for (const [type, inputs] of wrong)
      assert.ok(of(type, inputs) > 0, `${type} ${JSON.stringify(inputs)}: nothing was found`);
    assert.throws(
      () => problemsOf({ type: bucketType, name: "x", inputs: { ...bucket, rpo: "DEFAULT" } }),
      /rpo/,
    );
  });

  it("is checked against a fixture that says where it comes from", () => {
    const { source, license } = JSON.parse(
      readFileSync(join(root, "test/fixtures/gcp/apis.json"), "utf8"),
    ) as Record<string, string>;
    assert.match(`${source} ${license}`, /google\.golang\.org\/api@v\d+\.\d+\.\d+.*BSD-3-Clause/);
  });
});
