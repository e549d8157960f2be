import { IdentityMode } from "../args/backup";
import type { Check } from "../check";
import type { BucketGrant, IdentityBasis, IdentityPlan } from "../plan/identity";
import { jobEmail } from "./jobs";
import { readerRole } from "./roles";

/**
 * Limits of an allow policy, none of which Google raises: https://cloud.google.com/iam/quotas ("Role bindings in an allow
 * policy that include the same role and the same principal, but different condition expressions"; "All principals in all
 * role bindings", where each counts as often as it appears).
 */
const conditionsForOne = 20;
const principalsInPolicy = 1500;

/**
 * Refuses what Google would refuse half-way, with a part of the grants made and clusters waiting for the others. What stands
 * in a policy besides is not known here, so these are the limits of an otherwise empty one.
 */
export function checkQuotas(check: Check, basis: IdentityBasis, plan: IdentityPlan): void {
  for (const [bucket, grants] of grouped(plan.grants, (grant) => grant.bucket)) {
    checkConditions(check, basis, bucket, grants);
    checkPrincipals(check, basis, bucket, grants);
  }
  for (const { email, tenants } of plan.accounts)
    check.require(
      tenants.length <= principalsInPolicy,
      modeKey(basis),
      basis.mode,
      `perCluster or direct, or at most ${principalsInPolicy} clusters: IAM takes ${principalsInPolicy} principals in one policy, and ` +
        `that of ${email} would have ${tenants.length}`,
    );
}

function checkConditions(
  check: Check,
  basis: IdentityBasis,
  bucket: string,
  grants: readonly BucketGrant[],
): void {
  const conditional = grants.filter(({ condition }) => condition !== undefined);
  for (const [, of] of grouped(conditional, ({ role, member }) => `${role} ${member}`)) {
    const [{ role, member }] = of as [BucketGrant, ...BucketGrant[]];
    const count = new Set(of.map(({ condition }) => condition?.expression)).size;
    if (count <= conditionsForOne) continue;
    const takes = `IAM takes ${conditionsForOne} conditions for one role and member of a bucket, and`;
    if (basis.readers?.some((reader) => reader.member === member))
      check.fail(
        "readers",
        member,
        `in at most ${conditionsForOne} entries for gs://${bucket}: ${takes} it would have ${role} there with ${count}`,
      );
    else if (isOfJobs(basis, member))
      check.fail(
        modeKey(basis),
        basis.mode,
        `perCluster or direct, or exports and imports below one folder (sharedPrefix) of gs://${bucket}: ${takes} ${member} would have ${role} there with ${count}`,
      );
    else
      check.fail(
        modeKey(basis),
        basis.mode,
        `perCluster or direct, or fewer clusters that begin from gs://${bucket}: ${takes} ${member} would have ${role} there with ${count}`,
      );
  }
}

/** Whether a member is the account that exports or imports share. */
const isOfJobs = (basis: IdentityBasis, member: string): boolean =>
  (basis.jobs ?? []).some(
    ({ workload, purpose }) => member === `serviceAccount:${jobEmail(basis, workload, purpose)}`,
  );

function checkPrincipals(
  check: Check,
  basis: IdentityBasis,
  bucket: string,
  grants: readonly BucketGrant[],
): void {
  if (grants.length <= principalsInPolicy) return;
  const readers = basis.readers?.length ?? 0;
  const takes = `IAM takes ${principalsInPolicy} principals in one policy, each as often as it stands there, and that of gs://${bucket} would have ${grants.length}`;
  if (grants.filter(({ role }) => role === readerRole).length > grants.length / 2 && readers > 0)
    check.fail("readers", readers, `fewer, such as one group: ${takes}`);
  else check.fail(modeKey(basis), basis.mode, `${IdentityMode.Shared}, or fewer clusters: ${takes}`);
}

/** What the mode is called where it was given: a component's own argument, or a setting of a stack file. */
const modeKey = ({ modeIs }: IdentityBasis): string => modeIs ?? "identity";

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
