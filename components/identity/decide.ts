import { IdentityMode } from "../backup/args";
import type { ObjectStoreLocation } from "../backup/location";
import type { Check } from "../check";
import type { JobTenant } from "../export/decide";
import { projectNumber, serviceAccountId, shortHash } from "../units";
import { accountIdOf } from "./accounts";
import { decideJobIdentities } from "./jobs";
import { checkQuotas } from "./quotas";
import { serviceAccountEmail, type Workload } from "./workload";

/**
 * What Barman needs on objects: get, list, create, delete (the last for retention). `objectUser` has these
 * and, unlike `objectAdmin`, can't change who has access.
 */
export const objectRole = "roles/storage.objectUser";

/**
 * What Barman needs on the bucket: `storage.buckets.get`, which no object role has. `barman-cloud-check-wal-archive`,
 * run before the first WAL is archived, fails without it. `legacyBucketReader` has it too, and lists the whole bucket, which no condition
 * can limit. It is granted on the bucket, never on the project;
 * the often-read advice of `roles/storage.admin` would let a database pod delete the bucket and give access away.
 */
export const bucketRole = "roles/storage.bucketViewer";

/**
 * What a restore needs: objects get and list, and nothing of the bucket (measured; `storage.buckets.get` is asked for
 * the clone's own archive only).
 */
export const readerRole = "roles/storage.objectViewer";

/** Lets a Kubernetes service account act as a Google one. */
export const workloadIdentityRole = "roles/iam.workloadIdentityUser";

/** One cluster, as far as its access to the bucket goes. */
export interface Tenant {
  readonly workload: Workload;
  readonly location: ObjectStoreLocation;
  /** What it is recovered from, if its identity is to be granted that here. */
  readonly source?: ObjectStoreLocation | undefined;
}

/** Somebody else who may read one cluster's backups. */
export interface Reader {
  /** Whose backups. */
  readonly of: Tenant;
  /** IAM member. */
  readonly member: string;
  /** RFC 3339; never if left out. */
  readonly expires: string | undefined;
}

/** A Google service account for backups. */
export interface AccountPlan {
  /** Account id, without `@…`. */
  readonly id: string;
  readonly email: string;
  /** `projects/<project>/serviceAccounts/<email>`, as IAM names it. */
  readonly resource: string;
  readonly displayName: string;
  readonly tenants: readonly Pick<Tenant, "workload">[];
  /** What comes after the component's name in Pulumi's name of it. Default: the mode decides. */
  readonly key?: string;
}

/** A role on the bucket. */
export interface BucketGrant {
  /** What the grant is for; names the resource. */
  readonly key: string;
  /** `<namespace>/<cluster>` that it is for; undefined if all share it. */
  readonly workload: string | undefined;
  /** The bucket that the role is on. */
  readonly bucket: string;
  readonly role: string;
  readonly member: string;
  readonly condition:
    | { readonly title: string; readonly description: string; readonly expression: string }
    | undefined;
}

/** Who may do what, decided. */
export interface IdentityPlan {
  readonly mode: IdentityMode;
  readonly accounts: readonly AccountPlan[];
  readonly grants: readonly BucketGrant[];
  /** `<namespace>/<cluster>` to the e-mail that its pods act as; empty with the direct mode. */
  readonly emails: ReadonlyMap<string, string>;
}

/** What {@link decideIdentity} starts from. */
export interface IdentityBasis {
  readonly project: string;
  readonly projectNumber: string | undefined;
  readonly environment: string;
  readonly mode: IdentityMode;
  /** What the mode is called where it was given, for a message. Default: `identity`. */
  readonly modeIs?: string;
  readonly serviceAccount: string | undefined;
  /** Whether project and environment are well formed; otherwise an id derived from them is no news. */
  readonly namesKnown: boolean;
  readonly tenants: readonly Tenant[];
  /** Default: none. */
  readonly readers?: readonly Reader[];
  /** Exports and imports. Default: none. */
  readonly jobs?: readonly JobTenant[];
}

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
    `left out with identity ${mode}, which ${mode === IdentityMode.Direct ? "has no service account" : "derives one for each cluster"}`,
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
