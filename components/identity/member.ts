import { IdentityMode } from "../args/backup";
import type { IdentityPlan } from "../plan/identity";
import type { Workload } from "../units/workload";

/** The IAM member as which a workload reaches the bucket. */
export function memberOf(
  project: string,
  projectNumber: string | undefined,
  plan: IdentityPlan,
  workload: Workload,
): string {
  return plan.mode === IdentityMode.Direct
    ? workload.principal(project, projectNumber ?? "0")
    : workload.workloadIdentityMember(project);
}
