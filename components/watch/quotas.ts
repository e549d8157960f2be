import { parseQuantity } from "../units";
import type { LiveCluster, LiveQuota } from "./live";
import type { Symptom } from "./symptom";

/** What an operator is refused that has made a cluster's Services and neither a volume claim nor a Job: it says so in its log alone. */
export function refusedVolume(cluster: LiveCluster, quotas: readonly LiveQuota[]): Symptom {
  const tight = quotas.flatMap((quota) => exceeded(cluster, quota));
  const begun = "the operator has begun, and makes neither a volume claim nor a Job of its first instance";
  if (tight.length > 0)
    return {
      key: "refused volume",
      text: `${begun}: exceeded quota: ${tight.join("; ")}`,
      todo: "a larger quota, or less storage",
      certainAfter: 20,
    };
  return {
    key: "refused volume",
    text: begun,
    todo: "the log of the operator's Deployment has what the API server refuses it: a quota, a LimitRange, a policy",
    certainAfter: 60,
  };
}

/** What of a quota the first instance would exceed. */
function exceeded({ spec = {} }: LiveCluster, { metadata, status = {} }: LiveQuota): string[] {
  const { hard = {}, used = {} } = status;
  const sizes = [spec.storage?.size, spec.walStorage?.size].filter((size) => size !== undefined);
  return Object.entries(hard).flatMap(([what, limit]) => {
    const asked =
      what === "requests.storage"
        ? sizes
        : /^(count\/)?persistentvolumeclaims$/.test(what)
          ? sizes.map(() => "1")
          : what === "count/jobs.batch"
            ? ["1"]
            : [];
    const [most, ...parts] = [limit, used[what] ?? "0", ...asked].map(nano);
    if (asked.length === 0 || most === undefined || parts.reduce((sum, each) => sum + each, 0n) <= most)
      return [];
    return [
      `${metadata.name}, ${what}: requested ${asked.join(" + ")}, used ${used[what] ?? "0"} of ${limit}`,
    ];
  });
}

function nano(text: string): bigint {
  const parsed = parseQuantity(text);
  return parsed.ok ? parsed.value.nano : 0n;
}
