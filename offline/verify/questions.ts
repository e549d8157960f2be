import { text } from "../properties";
import type { Declared } from "../providers";

/** Types of what is looked at. */
export const types = {
  bucket: "gcp:storage/bucket:Bucket",
  grant: "gcp:storage/bucketIAMMember:BucketIAMMember",
  account: "gcp:serviceaccount/account:Account",
  member: "gcp:serviceaccount/iAMMember:IAMMember",
} as const;

/** What gcloud answered: JSON, that there is no such thing, or why nobody knows. */
export type Answer = { readonly found: unknown } | { readonly missing: true } | { readonly unseen: string };

/** The arguments of a gcloud that reads, and changes nothing. */
export type Question = readonly string[];

export const bucketQuestion = (bucket: string): Question => [
  ...["storage", "buckets", "describe", `gs://${bucket}`],
  // As the API answers, not in gcloud's own words, which differ from version to version.
  ...["--raw", "--format=json"],
];
export const bucketPolicyQuestion = (bucket: string): Question => [
  ...["storage", "buckets", "get-iam-policy", `gs://${bucket}`, "--format=json"],
];
export const accountQuestion = (email: string): Question => [
  ...["iam", "service-accounts", "describe", email, "--format=json"],
];
export const accountPolicyQuestion = (email: string): Question => [
  ...["iam", "service-accounts", "get-iam-policy", email, "--format=json"],
];

/** The e-mail in `projects/<project>/serviceAccounts/<e-mail>`. */
export const emailIn = (resource: string): string => resource.split("/").at(-1) ?? resource;

/** All that has to be asked, each once. */
export function questionsOf(declared: readonly Declared[]): Question[] {
  const all = declared.flatMap(({ type, inputs }): Question[] => {
    if (type === types.bucket) return [bucketQuestion(text(inputs, "name"))];
    if (type === types.grant) {
      const bucket = text(inputs, "bucket");
      return [bucketQuestion(bucket), bucketPolicyQuestion(bucket)];
    }
    if (type !== types.member) return [];
    const email = emailIn(text(inputs, "serviceAccountId"));
    return [accountQuestion(email), accountPolicyQuestion(email)];
  });
  return [...new Map(all.map((question) => [question.join(" "), question])).values()];
}

/** What gcloud's end means; its messages are for people, so what is not known for sure counts as not seen. */
export function answerOf(code: number | null, stdout: string, stderr: string): Answer {
  if (code === 0) {
    try {
      return { found: JSON.parse(stdout) as unknown };
    } catch {
      return { unseen: "gcloud's answer is no JSON" };
    }
  }
  const said = /^ERROR: (?:\([\w.-]+\) )?(.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n").at(-1) ?? "";
  const denied = /permission|403|forbidden|denied|credential|login|reauth/i.test(said);
  if (!denied && /not found|404|NOT_FOUND|unknown service account/i.test(said)) return { missing: true };
  return { unseen: said === "" ? `gcloud ended with ${code}` : said };
}
