import { IdentityMode } from "../args/backup";
import { JobPurpose } from "../args/export";
import type { AccountPlan, BucketGrant, IdentityPlan, Tenant } from "../plan/identity";
import type { PlannedResource } from "../plan/object";
import type { Workload } from "../units/workload";
import { keyOf } from "./decide";
import { sharedJobs } from "./jobs";
import { memberOf } from "./member";
import { workloadIdentityRole } from "./roles";

/** A grant: when it was made is noted, for those who have to give it time. */
const noted = {
  hooks: { afterCreate: ["noteGrant", "noteArchiveChange"], afterUpdate: ["noteArchiveChange"] },
} as const;

/**
 * Accounts, members and grants of an identity, in order.
 *
 * @param first keys of what comes before a role on a bucket
 */
export function identityResources(
  project: string,
  plan: IdentityPlan,
  first: readonly string[],
): PlannedResource[] {
  const emails = new Set(plan.accounts.map(({ email }) => email));
  return [
    ...plan.accounts.flatMap((account) => [
      accountResource(project, plan, account),
      ...account.tenants.map((tenant) => memberResource(project, account, tenant)),
    ]),
    ...plan.grants.map((grant) => {
      const email = grant.member.replace("serviceAccount:", "");
      return grantResource(grant, [...first, ...(emails.has(email) ? [`account/${email}`] : [])]);
    }),
  ];
}

function accountResource(project: string, plan: IdentityPlan, account: AccountPlan): PlannedResource {
  const tenant = plan.mode === IdentityMode.PerCluster ? account.tenants[0] : undefined;
  const key = account.key ?? (tenant && keyOf(tenant));
  return {
    key: `account/${account.email}`,
    name: key === undefined ? "" : `/${key}`,
    type: "gcp:serviceaccount/account:Account",
    inputs: { accountId: account.id, project, displayName: account.displayName },
  };
}

const memberKey = (tenant: Pick<Tenant, "workload">): string => `member/${keyOf(tenant)}`;

function memberResource(
  project: string,
  { email, resource }: AccountPlan,
  tenant: Pick<Tenant, "workload">,
): PlannedResource {
  return {
    key: memberKey(tenant),
    name: `/${keyOf(tenant)}`,
    type: "gcp:serviceaccount/iAMMember:IAMMember",
    inputs: {
      serviceAccountId: resource,
      role: workloadIdentityRole,
      member: tenant.workload.workloadIdentityMember(project),
    },
    dependsOn: [`account/${email}`],
    ...noted,
  };
}

const grantKey = ({ key }: BucketGrant): string => `grant/${key}`;

function grantResource(grant: BucketGrant, dependsOn: readonly string[]): PlannedResource {
  const { bucket, role, member, condition } = grant;
  return {
    key: grantKey(grant),
    name: `/${grant.key}`,
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    inputs: { bucket, role, member, ...(condition !== undefined && { condition }) },
    dependsOn,
    // A bucket that is made anew, in another location, has no grants.
    life: { replaceWith: [`bucket/${bucket}`] },
    ...noted,
  };
}

/** Keys of members and grants by the workload that they are for; under "" those that all share. */
export type GrantKeys = ReadonlyMap<string, readonly string[]>;

export function grantKeys({ accounts, grants }: IdentityPlan): GrantKeys {
  const keys = new Map<string, string[]>();
  const note = (workload: string, key: string) => {
    const known = keys.get(workload);
    if (known === undefined) keys.set(workload, [key]);
    else known.push(key);
  };
  for (const { tenants } of accounts) for (const tenant of tenants) note(keyOf(tenant), memberKey(tenant));
  for (const grant of grants) note(grant.workload ?? "", grantKey(grant));
  return keys;
}

/** The grants that a workload needs, and no others': a hundred clusters don't each depend on a hundred members. */
export function grantsOf(keys: GrantKeys, workload: Workload): string[] {
  return ["", workload.toString()].flatMap((key) => keys.get(key) ?? []);
}

/** Keys of the grants of the account that a cluster's exports or imports run as. */
export function jobGrantsOf(keys: GrantKeys, workload: Workload): string[] {
  const shared = Object.values(JobPurpose).filter((purpose) => workload.cluster.endsWith(`-${purpose}`));
  return [...shared.map(sharedJobs), workload.toString()].flatMap((key) => keys.get(key) ?? []);
}

/** What a `BackupIdentity` tells: the member that each workload is, and the account that it acts as. */
export function identityOutputs(
  plan: IdentityPlan,
  tenants: readonly Pick<Tenant, "workload">[],
  { project, projectNumber }: { readonly project: string; readonly projectNumber?: string | undefined },
): { members: { [workload: string]: string }; emails: { [workload: string]: string } } {
  const members = tenants.map(({ workload }) => [
    workload.toString(),
    memberOf(project, projectNumber, plan, workload),
  ]);
  return { members: Object.fromEntries(members), emails: Object.fromEntries(plan.emails) };
}
