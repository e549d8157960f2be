import { IdentityMode } from "../args/backup";
import type { Check } from "../check";
import type { BucketGrant, IdentityBasis, IdentityPlan, Reader, Tenant } from "../plan/identity";
import { projectNumber, serviceAccountId, shortHash } from "../units";
import { serviceAccountEmail } from "../units/workload";
import { accountIdOf } from "./accounts";
import { decideJobIdentities } from "./jobs";
import { checkQuotas } from "./quotas";
import { bucketRole, objectRole, readerRole } from "./roles";

/** Decides accounts, Workload Identity members and bucket grants; every string in it is read off the tenants. */
export function decideIdentity(check: Check, basis: IdentityBasis): IdentityPlan {
  const tenants = decideTenants(check, basis);
  const jobs = decideJobIdentities(check, basis, basis.jobs ?? []);
  const plan = {
    ...tenants,
    accounts: [...tenants.accounts, ...jobs.accounts],
    grants: [...tenants.grants, ...jobs.grants],
  };
  checkQuotas(check, basis, plan);
  return plan;
}

function decideTenants(check: Check, basis: IdentityBasis): IdentityPlan {
  const { mode, tenants } = basis;
  check.require(
    mode === IdentityMode.Shared || basis.serviceAccount === undefined,
    "serviceAccount",
    basis.serviceAccount,
    `remove it with identity ${mode}, which ${mode === IdentityMode.Direct ? "has no service account" : "derives one for each cluster"}`,
  );
  if (mode === IdentityMode.Direct) return direct(check, basis);

  const byId = new Map<string, Tenant[]>();
  for (const tenant of tenants) {
    const id = accountIdOf(basis, tenant.workload) ?? "";
    byId.set(id, [...(byId.get(id) ?? []), tenant]);
  }
  if (
    mode === IdentityMode.Shared &&
    tenants.length > 0 &&
    (basis.namesKnown || basis.serviceAccount !== undefined)
  ) {
    check.parse("serviceAccount", [...byId.keys()][0], serviceAccountId);
  }
  const accounts = [...byId].map(([id, members]) => {
    const email = serviceAccountEmail(id, basis.project);
    const whose = mode === IdentityMode.Shared ? basis.environment : members[0]?.workload.toString();
    return {
      id,
      email,
      resource: `projects/${basis.project}/serviceAccounts/${email}`,
      displayName: `CloudNativePG backups of ${whose}`.slice(0, 100),
      tenants: members,
    };
  });
  return {
    mode,
    accounts,
    grants: [
      ...accounts.flatMap((account) => {
        const member = `serviceAccount:${account.email}`;
        const tenant = mode === IdentityMode.PerCluster ? account.tenants[0] : undefined;
        return [
          ...grantsFor(
            account.tenants[0]?.location.bucket ?? "",
            tenant === undefined ? undefined : keyOf(tenant),
            member,
            tenant,
          ),
          ...account.tenants.flatMap((each) => sourceGrant(each, member)),
        ];
      }),
      ...(basis.readers ?? []).map(readerGrant),
    ],
    emails: new Map(accounts.flatMap((a) => a.tenants.map((t) => [t.workload.toString(), a.email] as const))),
  };
}

function direct(check: Check, basis: IdentityBasis): IdentityPlan {
  const number = check.parse("projectNumber", basis.projectNumber, projectNumber);
  if (basis.projectNumber === undefined) {
    check.fail(
      "projectNumber",
      undefined,
      "the number of the project (gcloud projects describe), with which identity direct spells its principals",
    );
  }
  return {
    mode: IdentityMode.Direct,
    accounts: [],
    grants: [
      ...basis.tenants.flatMap((t) => {
        const member = t.workload.principal(basis.project, number ?? "0");
        return [...grantsFor(t.location.bucket, keyOf(t), member, t), ...sourceGrant(t, member)];
      }),
      ...(basis.readers ?? []).map(readerGrant),
    ],
    emails: new Map(),
  };
}

/** Object and bucket role; the object role limited to the tenant's prefix if one is given. */
function grantsFor(
  bucket: string,
  key: string | undefined,
  member: string,
  tenant: Tenant | undefined,
): BucketGrant[] {
  const prefix = key === undefined ? "" : `${key}/`;
  return [
    {
      key: `${prefix}objects`,
      workload: key,
      bucket,
      role: objectRole,
      member,
      condition:
        tenant === undefined
          ? undefined
          : {
              title: `Backups of ${tenant.workload}`.slice(0, 100),
              description: `Objects below ${tenant.location.objectPrefix} only`.slice(0, 256),
              expression: tenant.location.iamCondition,
            },
    },
    // A condition can't limit a bucket role to a prefix: it has no object to test.
    { key: `${prefix}bucket`, workload: key, bucket, role: bucketRole, member, condition: undefined },
  ];
}

/** Read access to what a tenant is recovered from, and to nothing else there. */
function sourceGrant({ workload, source }: Tenant, member: string): BucketGrant[] {
  if (source === undefined) return [];
  return [
    {
      key: `${workload}/source`,
      workload: workload.toString(),
      bucket: source.bucket,
      role: readerRole,
      member,
      condition: {
        title: `Recovery of ${workload}`.slice(0, 100),
        description: `Reads objects below ${source.objectPrefix} only`.slice(0, 256),
        expression: source.iamCondition,
      },
    },
  ];
}

/** Read access to a tenant's backups for somebody else, perhaps for a time. */
function readerGrant({ of, member, expires }: Reader): BucketGrant {
  const { workload, location } = of;
  return {
    key: `${workload}/reader/${readerName(member)}`,
    // No cluster waits for it.
    workload: "readers",
    bucket: location.bucket,
    role: readerRole,
    member,
    condition: {
      title: `Reader of ${workload}`.slice(0, 100),
      description:
        `Reads objects below ${location.objectPrefix} only${expires === undefined ? "" : `, until ${expires}`}`.slice(
          0,
          256,
        ),
      expression: expires === undefined ? location.iamCondition : location.iamConditionUntil(expires),
    },
  };
}

/** An e-mail says who it is; of a principal, whose name is a long path, a hash has to do. */
function readerName(member: string): string {
  const [, email] = /^[a-zA-Z]+:([^[\]/]+@[^[\]/]+)$/.exec(member) ?? [];
  return email ?? shortHash(member);
}

/** How resources of a tenant are named; the slash keeps `a-b/c` apart from `a/b-c`. */
export function keyOf(tenant: Pick<Tenant, "workload">): string {
  return tenant.workload.toString();
}
