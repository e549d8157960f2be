import { workloadAccounts } from "../core/backupBucket";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "gcp-account-keys",
  title: "An account that clusters act as by Workload Identity has no keys.",
  severity: "medium",
  tags: ["identity", "security"],
  why: "A key works from anywhere and does not expire, and Workload Identity makes it needless: every pod gets tokens of the account that last an hour.",
  remedy:
    "Take the key away. Where something outside the cluster needs the account, give it one of its own, or Workload Identity Federation.",
  url: "https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
  types: ["gcp:ServiceAccountKey", "gcp:HmacKey"],
  judge({ stack, report, part }) {
    const accounts = workloadAccounts(stack);
    for (const [type, field] of [
      ["gcp:ServiceAccountKey", "serviceAccountId"],
      ["gcp:HmacKey", "serviceAccountEmail"],
    ] as const)
      for (const key of accounts.size === 0 ? [] : stack.ofType(type))
        part(() => {
          const account = key.view.text(field)?.split("/").at(-1);
          if (account !== undefined && accounts.has(account))
            report(
              key,
              key.view.at(field),
              `${account} is the account of clusters by Workload Identity, and needs no key. Take the key away.`,
            );
        });
  },
});
