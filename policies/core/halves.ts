import { type Access, accessOf, type Found, workloadHolders } from "./access";
import { type Identity, identityOf, type Use, usesOf, usesWorkloadIdentity } from "./archives";
import { CLUSTER } from "./cluster";
import { nothing, type Row } from "./comparison";
import { prefixesIn, reachOf } from "./conditions";
import { known, type Resource } from "./resource";
import type { Judging } from "./rule";
import type { Stack } from "./stack";
import { type Permission, permissionsOf } from "./storageRoles";
import { Undecided, type View } from "./view";

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

/** Where an object store puts things, as tables say it. */
export const placeText = (store: View, serverName: string | undefined): string =>
  `${known(() => store.partial("destinationPath")) ?? nothing} (server ${serverName || nothing})`;

/** The row in which the roles on the bucket of an object store are compared: which roles they are, or how far they reach. */
export function rowOf(
  { purpose, store, serverName }: Use,
  bucket: string,
  roles: readonly Access[],
  aspect: "roles" | "reach",
  here: boolean,
): Row {
  const elsewhere = here ? {} : ({ verdict: "unknown" } as const);
  const textOf = (value: Access["role"]) => (typeof value === "string" ? value : "(not known yet)");
  // In one order, whichever was declared first: those on objects come before those on the bucket.
  const names = [...new Set(roles.map(({ role }) => textOf(role)))].sort().reverse().join(", ");
  const missing = here ? nothing : "not declared here";
  if (purpose === "archive" && aspect === "roles")
    return {
      what: "roles ⇄ what Barman calls",
      cloud: names || missing,
      cluster: "objects get, list, create, delete; bucket get",
      ...elsewhere,
    };
  const prefixes = roles.map(({ condition }) => (typeof condition === "string" ? prefixesIn(condition) : []));
  const whole = prefixes.some(({ length }) => length === 0);
  if (purpose === "archive")
    return {
      what: "bucket and prefix ⇄ destinationPath",
      cloud:
        roles.length === 0
          ? missing
          : `gs://${bucket}, ${whole ? "the whole bucket" : `${prefixes.flat().join(", ")} only`}`,
      cluster: placeText(store, serverName),
      ...elsewhere,
    };
  return {
    what: "read grant ⇄ recovery source",
    cloud: roles.length === 0 ? missing : `${names}, ${whole ? "the whole bucket" : "this folder only"}`,
    cluster: placeText(store, serverName),
    ...elsewhere,
  };
}
