import { type Access, accessOf, accountHolder, workloadOf } from "../core/access";
import { gcsBucket, identityOf, usesOf, usesWorkloadIdentity } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { addTo } from "../core/grouped";
import { pods } from "../core/pods";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import { letsImpersonate, permissionsOf } from "../core/storageRoles";
import { Undecided, type View } from "../core/view";

const members = [
  "gcp:ServiceAccountIAMMember",
  "gcp:ServiceAccountIAMBinding",
  "gcp:ServiceAccountIAMPolicy",
];

export default stackRule({
  id: "halves-workload-identity-decoy",
  title: "Every IAM member on the backups' account names a service account that a Cluster runs as.",
  severity: "medium",
  tags: ["agreement", "identity", "security"],
  why: "CNPG backs up as the service account of the cluster's own name, and never as cnpg-backup-sa or as one of the operator's namespace. A member for another name gives the right to read and delete backups to whoever makes a service account of that name, and hides that the real one is missing.",
  remedy: "Take the member away, or write the <namespace>/<cluster> that it was meant for.",
  url: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  types: members,
  needsCloud: true,
  judge({ stack, report, part }) {
    const facts = gather(stack);
    for (const access of accessOf(stack).accounts.all) {
      const { member, on, role } = access;
      if (typeof member !== "string") part(() => askOf(member, stack));
      if (typeof member !== "string" || typeof role !== "string" || !letsImpersonate(role)) continue;
      const workload = workloadOf(member);
      if (workload === undefined) continue;
      const [namespace = "", name = ""] = workload.split("/");
      if (facts.owned.has(workload) || facts.owned.has(`/${name}`) || facts.busy.has(workload)) continue;
      const ofOperator = /^(cnpg-system|cnpg|cloudnative-pg)$/.test(namespace);
      if (!ofOperator && !facts.namespaces.has(namespace)) continue;
      // Who only reads backups, to restore or to export them, is somebody's own doing.
      if (/(^|-)(read(er)?|export(er)?|restore(r)?|verif\w+|check(er)?|dump|monitor\w*)(-|$)/.test(name))
        continue;
      part(() => {
        if (on instanceof Undecided) throw on;
        const telling = ofOperator || /cnpg|barman|backup|wal-?archiv/.test(name);
        const used = facts.accounts.has(on) || (telling && writesBackups(stack, on, facts.buckets));
        if (!used && facts.doubt !== undefined) throw facts.doubt;
        if (used)
          report(
            access.resource,
            access.at,
            `[${workload}] is no Cluster's service account${meant(namespace, facts)}`,
          );
      });
    }
  },
});

interface Facts {
  /** `<namespace>/<name>` of what Clusters run as; without the namespace where it is not said. */
  readonly owned: Set<string>;
  /** Service accounts that other workloads run as. */
  readonly busy: Set<string>;
  readonly namespaces: Map<string, string[]>;
  /** Accounts that Clusters act as, and buckets that they use. */
  readonly accounts: Set<string>;
  readonly buckets: Set<string>;
  doubt: Undecided | undefined;
}

function gather(stack: Stack): Facts {
  const facts: Facts = {
    owned: new Set(),
    busy: new Set(),
    namespaces: new Map(),
    accounts: new Set(),
    buckets: new Set(),
    doubt: undefined,
  };
  for (const cluster of stack.ofType(CLUSTER)) {
    const { namespace = "" } = cluster;
    const name = known(() => cluster.view.text("spec", "serviceAccountName")) ?? cluster.name ?? "";
    facts.owned.add(`${namespace}/${name}`);
    addTo(facts.namespaces, namespace, name);
    try {
      const uses = usesOf(cluster, stack);
      for (const { store } of uses) facts.buckets.add(gcsBucket(store)?.bucket ?? "");
      const account =
        uses.some(({ store }) => usesWorkloadIdentity(store)) && identityOf(cluster, stack)?.account;
      if (account) facts.accounts.add(account);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      facts.doubt ??= error;
    }
  }
  for (const [type, path] of Object.entries(pods))
    for (const resource of stack.ofType(type))
      facts.busy.add(`${resource.namespace ?? ""}/${accountAt(resource, path)}`);
  return facts;
}

const accountAt = ({ view }: Resource, path: readonly string[]): string =>
  known(() => (view.at(...path) as View).text("serviceAccountName")) ?? "default";

function writesBackups(stack: Stack, account: string, buckets: ReadonlySet<string>): boolean {
  const writes = ({ on, role, condition }: Access) =>
    typeof on === "string" &&
    buckets.has(on) &&
    condition === "" &&
    typeof role === "string" &&
    permissionsOf(role)?.includes("storage.objects.create") === true;
  return accessOf(stack)
    .buckets.of([accountHolder(account)])
    .sure.some(writes);
}

function meant(namespace: string, { namespaces }: Facts): string {
  const names = namespaces.get(namespace) ?? [];
  return names.length === 1
    ? `: CNPG never uses it. Take the member away, or write [${namespace}/${names[0]}].`
    : ": CNPG never uses it. Take the member away.";
}

/** A member that is not known yet counts only where a Cluster could be among those of the stack. */
function askOf(doubt: unknown, stack: Stack): void {
  if (doubt instanceof Undecided && stack.ofType(CLUSTER).length > 0) throw doubt;
}
