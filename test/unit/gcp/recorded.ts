import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Declared } from "../../../offline/providers";
import { type Answers, compareCloud } from "../../../offline/verify/compare";
import { type Answer, answerOf, questionsOf, types } from "../../../offline/verify/questions";

interface Recorded {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What gcloud 528 printed of answers in the API's own form: a bucket, an account and their policies, and refusals. */
const recorded = JSON.parse(
  readFileSync(join(__dirname, "../../fixtures/gcloud/answers.json"), "utf8"),
) as Record<string, Recorded>;
export const name = "acme-dev-dev-postgres-backups";
export const email = "cnpg-dev@acme-dev.iam.gserviceaccount.com";

export const resource = (type: string, inputs: Declared["inputs"]): Declared => ({
  urn: `urn:pulumi:dev::p::${type}::x`,
  type,
  inputs,
});
export const bucket = resource(types.bucket, {
  name,
  project: "acme-dev",
  location: "EUROPE-WEST1",
  storageClass: "STANDARD",
  uniformBucketLevelAccess: true,
  publicAccessPrevention: "enforced",
  versioning: { enabled: false },
  softDeletePolicy: { retentionDurationSeconds: 0 },
  lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 16 } }],
  labels: { environment: "dev", "managed-by": "pulumi-cnpg" },
});
export const grant = (role: string, condition?: Record<string, string>) =>
  resource(types.grant, {
    bucket: name,
    role,
    member: `serviceAccount:${email}`,
    ...(condition !== undefined && { condition }),
  });
const member = resource(types.member, {
  serviceAccountId: `projects/acme-dev/serviceAccounts/${email}`,
  role: "roles/iam.workloadIdentityUser",
  member: "serviceAccount:acme-dev.svc.id.goog[orders/orders-db]",
});
export const dev = [bucket, grant("roles/storage.objectUser"), grant("roles/storage.bucketViewer"), member];

export const answer = (question: string): Answer => {
  const { code, stdout, stderr } = recorded[question] as Recorded;
  return answerOf(code, stdout, stderr);
};
export const answers = (changes: Record<string, Answer> = {}): Answers =>
  new Map(
    questionsOf(dev).map((question) => {
      const text = question.join(" ");
      return [text, changes[text] ?? answer(text)];
    }),
  );
export const [describe_, policy, account, accountPolicy] = questionsOf(dev).map((question) =>
  question.join(" "),
) as [string, string, string, string];

/** What gcloud answered, with a change. */
export const changed = (question: string, change: (found: Record<string, never>) => unknown): Answers => {
  const { found } = structuredClone(answer(question)) as { found: Record<string, never> };
  change(found);
  return answers({ [question]: { found } });
};
export const wrongIn = (given: Answers, declared: readonly Declared[] = dev) =>
  compareCloud(declared, given)
    .filter(({ mark }) => mark !== "✓")
    .map(({ mark, what, detail }) => `${mark} ${what}: ${detail}`);
