import { type Access, accessOf, type Found, workloadHolders } from "./access";
import { type Identity, identityOf, type Use, usesOf, usesWorkloadIdentity } from "./archives";
import { CLUSTER } from "./cluster";
import { reachOf } from "./conditions";
import { known, type Resource } from "./resource";
import type { Judging } from "./rule";
import type { Stack } from "./stack";
import { type Permission, permissionsOf } from "./storageRoles";
import { Undecided } from "./view";

const BUCKET = "gcp:Bucket";

/** Judges every Cluster that comes to Cloud Storage with its pods' own Google identity, with its object stores. */
export function forEachIdentity(
  stack: Stack,
  part: Judging["part"],
  judge: (cluster: Resource, identity: Identity, uses: readonly Use[]) => void,
): void {
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      const uses = usesOf(cluster, stack).filter(({ store }) => usesWorkloadIdentity(store));
      const identity = uses.length === 0 ? undefined : identityOf(cluster, stack);
      if (identity !== undefined) judge(cluster, identity, uses);
    });
}

/** Whether the stack has anything to do with a bucket: it makes it, or gives roles on it. */
export const hasBucket = (stack: Stack, bucket: string): boolean =>
  stack.allNamed(BUCKET, bucket).length > 0 || accessOf(stack).buckets.things.has(bucket);

/** Whether the stack has anything to do with who a cluster is: it makes the account, or names it in any role. */
export function hasIdentity(stack: Stack, { account, namespace, name, holders }: Identity): boolean {
  const { buckets, accounts, projects } = accessOf(stack);
  const who = [...holders, workloadHolders(namespace, name)[0] ?? ""];
  return (
    (account !== undefined && (accounts.things.has(account) || accountsOf(stack).has(account))) ||
    [buckets, accounts, projects].some((accesses) => accesses.of(who).sure.length > 0)
  );
}

const emails = new WeakMap<Stack, ReadonlySet<string>>();

/** E-mail addresses of the service accounts that the stack makes. */
function accountsOf(stack: Stack): ReadonlySet<string> {
  let found = emails.get(stack);
  if (found === undefined) {
    found = new Set(
      stack.ofType("gcp:ServiceAccount").flatMap(({ view }) => {
        const [id, project] = ["accountId", "project"].map((field) => known(() => view.text(field)));
        return id === undefined || project === undefined
          ? []
          : `${id}@${project}.iam.gserviceaccount.com`.toLowerCase();
      }),
    );
    emails.set(stack, found);
  }
  return found;
}

/** The roles that let an identity do something in a bucket: its own, and those of projects. */
export function rolesIn(stack: Stack, { holders }: Identity, bucket: string): Found {
  const { buckets, projects } = accessOf(stack);
  const own = buckets.of(holders, bucket);
  const wide = projects.of(holders);
  const ofStorage = ({ role }: Access) =>
    role instanceof Undecided || permissionsOf(role) === undefined || permissionsOf(role)?.length !== 0;
  // A project's roles for groups say nothing of one bucket; those that are not known could be about anything.
  return { sure: [...own.sure, ...wide.sure.filter(ofStorage)], doubt: own.doubt };
}

/** What roles allow in a folder of a bucket; undefined if one of them can't be looked into. */
export function permissionsIn(
  roles: readonly Access[],
  bucket: string,
  folder: string,
): ReadonlySet<Permission> | undefined {
  const held = new Set<Permission>();
  for (const { role, condition } of roles) {
    if (role instanceof Undecided) throw role;
    if (condition instanceof Undecided) throw condition;
    const permissions = permissionsOf(role);
    const reach = reachOf(condition, bucket, folder);
    if (permissions === undefined || reach === undefined) return undefined;
    for (const permission of permissions) {
      const reached =
        permission === "storage.buckets.get"
          ? reach.bucket
          : permission === "storage.objects.list"
            ? reach.list
            : reach.objects;
      if (reached) held.add(permission);
    }
  }
  return held;
}
