import { IdentityMode } from "../args/backup";
import { JobPurpose } from "../args/export";
import type { Check } from "../check";
import type { JobTenant } from "../plan/dumps";
import type { AccountPlan, BucketGrant, IdentityBasis } from "../plan/identity";
import { derivedName } from "../units";
import { serviceAccountEmail, type Workload } from "../units/workload";
import { longestAccountId, ownAccountId } from "./accounts";
import { readerRole } from "./roles";

/**
 * What an export needs: to create objects, and neither to read nor to delete them. So a pod that is taken over can't
 * read former dumps, and what is there can't be written over.
 */
const creatorRole = "roles/storage.objectCreator";

/** An import gets and lists objects, as a restore does. */
const roleOf = (purpose: JobPurpose): string => (purpose === JobPurpose.Export ? creatorRole : readerRole);

type Named = Pick<IdentityBasis, "project" | "environment" | "mode">;

/** The key that the grants of a shared account have, for those who wait for them. */
export const sharedJobs = (purpose: JobPurpose): string => `${purpose}s`;

/** The id of the Google account that a job acts as: never that of backups, which may read, write and delete them. */
function jobAccountId(basis: Named, workload: Workload, purpose: JobPurpose): string | undefined {
  switch (basis.mode) {
    case IdentityMode.Shared:
      return derivedName(["cnpg", basis.environment, sharedJobs(purpose)], longestAccountId);
    case IdentityMode.PerCluster:
      return ownAccountId(basis.environment, workload);
    case IdentityMode.Direct:
      return undefined;
  }
}

/** The e-mail of that account; undefined if the job acts as itself. */
export function jobEmail(basis: Named, workload: Workload, purpose: JobPurpose): string | undefined {
  const id = jobAccountId(basis, workload, purpose);
  return id === undefined ? undefined : serviceAccountEmail(id, basis.project);
}

/** E-mails of the accounts that one cluster's exports and imports run as. */
export function jobEmails(basis: Named, cluster: Workload): { [P in JobPurpose]?: string } {
  const emails = Object.values(JobPurpose).map((purpose) => {
    const email = jobEmail(basis, cluster.job(purpose), purpose);
    return email === undefined ? {} : { [purpose]: email };
  });
  return Object.assign({}, ...emails);
}

/** Decides accounts, members and grants of jobs. */
export function decideJobIdentities(
  check: Check,
  basis: IdentityBasis,
  jobs: readonly JobTenant[],
): { readonly accounts: readonly AccountPlan[]; readonly grants: readonly BucketGrant[] } {
  const byId = new Map<string, JobTenant[]>();
  for (const job of jobs) {
    const id = jobAccountId(basis, job.workload, job.purpose);
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), job]);
  }
  const shared = basis.mode === IdentityMode.Shared;
  const taken = basis.serviceAccount !== undefined && byId.has(basis.serviceAccount);
  check.require(
    !taken,
    "serviceAccount",
    basis.serviceAccount,
    "another id than that of the account for exports or imports, which must not reach the backups",
  );
  return {
    accounts: [...byId].map(([id, tenants]): AccountPlan => {
      const [first] = tenants as [JobTenant, ...JobTenant[]];
      const email = serviceAccountEmail(id, basis.project);
      const whose = shared ? basis.environment : first.workload.toString();
      return {
        id,
        email,
        resource: `projects/${basis.project}/serviceAccounts/${email}`,
        displayName: `CloudNativePG ${sharedJobs(first.purpose)} of ${whose}`.slice(0, 100),
        tenants,
        key: shared ? sharedJobs(first.purpose) : first.workload.toString(),
      };
    }),
    grants: [
      ...new Map(
        jobs
          .filter(({ grant }) => grant)
          .map((job) => {
            const grant = grantOf(basis, job);
            return [grant.key, grant] as const;
          }),
      ).values(),
    ],
  };
}

/**
 * With an account that all share, one grant for the folder above theirs: a policy takes twenty conditions for one role and
 * member (IAM, "Quotas and limits").
 */
function grantOf(basis: IdentityBasis, job: JobTenant): BucketGrant {
  const { workload, purpose } = job;
  const shared = basis.mode === IdentityMode.Shared;
  const folder = shared ? job.sharedFolder : job.folder;
  const email = jobEmail(basis, workload, purpose);
  const whose = shared ? sharedJobs(purpose) : workload.toString();
  return {
    key: shared ? `${whose}/${folder.bucket}/${folder.prefix}` : `${whose}/dumps`,
    workload: whose,
    bucket: folder.bucket,
    role: roleOf(purpose),
    member:
      email === undefined
        ? workload.principal(basis.project, basis.projectNumber ?? "0")
        : `serviceAccount:${email}`,
    condition: {
      title: `Dumps of ${shared ? basis.environment : workload}`.slice(0, 100),
      description: `Objects below ${folder.objectPrefix} only`.slice(0, 256),
      expression: folder.iamCondition,
    },
  };
}
