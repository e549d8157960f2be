import { type Access, accessOf, mayBeMore, workloadHolders } from "../core/access";
import { CLUSTER } from "../core/cluster";
import { nothing } from "../core/comparison";
import { forEachIdentity } from "../core/halves";
import { stackRule } from "../core/rule";
import { letsImpersonate } from "../core/storageRoles";
import { Undecided } from "../core/view";

export default stackRule({
  id: "halves-workload-identity-account",
  title: "The annotation of a Cluster names the Google account that its IAM member is on.",
  severity: "critical",
  tags: ["agreement", "identity", "backup"],
  why: "GKE asks for a token of the account in the annotation iam.gke.io/gcp-service-account. If the member is on another account, or the annotation is missing, every request for a token or an object is refused, and WAL stays on the volume.",
  remedy:
    "Write the same account into serviceAccountTemplate.metadata.annotations and into the member's serviceAccountId.",
  url: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    const { accounts, buckets, projects } = accessOf(stack);
    forEachIdentity(stack, part, (cluster, { account, at, namespace, name }) => {
      const who = workloadHolders(namespace, name);
      const members = accounts
        .of(who)
        .sure.filter(({ role }) => typeof role !== "string" || letsImpersonate(role));
      const [first] = members;
      const textOf = ({ on }: Access) => (on instanceof Undecided ? "(not known yet)" : on);
      const row = (access: Access | undefined, verdict?: "unknown") =>
        compare(cluster, {
          what: "account ⇄ annotation",
          cloud: access === undefined ? nothing : textOf(access),
          cluster: account ?? nothing,
          ...(verdict && { verdict }),
        });
      // That there is no member is another rule's finding.
      if (first === undefined) return account === undefined ? undefined : row(first, "unknown");
      if (account === undefined) {
        const direct = [buckets.of(who), projects.of(who)];
        if (direct.some(({ sure }) => sure.length > 0) || direct.some(mayBeMore)) return;
        row(first);
        const on = first.on instanceof Undecided ? "<account>" : first.on;
        report(
          cluster,
          at,
          `is missing, so the pods do not act as ${on}, which has a member for [${namespace}/${name}]. Write "${on}".`,
        );
        return;
      }
      // An account's number can't be compared with its e-mail.
      const same = members.find(({ on }) => on === account);
      const numbered = members.find(({ on }) => typeof on === "string" && /^\d+$/.test(on));
      row(same ?? numbered ?? first, same === undefined && numbered !== undefined ? "unknown" : undefined);
      if (same !== undefined || numbered !== undefined) return;
      const wide = projects
        .of(who)
        .sure.some(({ role }) => typeof role === "string" && letsImpersonate(role));
      if (wide || mayBeMore(accounts.of(who, account))) return row(first, "unknown");
      const unknown = members.find(({ on }) => on instanceof Undecided)?.on;
      if (unknown instanceof Undecided) throw unknown;
      report(
        cluster,
        at,
        `"${account}" has no member for [${namespace}/${name}]: that is on ${[...new Set(members.map(({ on }) => on))].join(", ")}. Make them the same.`,
      );
    });
  },
});
