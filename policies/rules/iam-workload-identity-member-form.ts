import { accessOf, workloadOf } from "../core/access";
import { CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

const label = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export default stackRule({
  id: "iam-workload-identity-member-form",
  title:
    "A member of Workload Identity is written as serviceAccount:<project>.svc.id.goog[<namespace>/<name>].",
  severity: "high",
  tags: ["identity", "agreement"],
  why: "Brackets, the slash and the order of namespace and name are all there is to tell one service account from another. IAM accepts a member of the right form for a name that does not exist, and never says that nobody uses it.",
  remedy:
    "Write serviceAccount:<project>.svc.id.goog[<namespace>/<cluster>], or principal://iam.googleapis.com/projects/<project number>/locations/global/workloadIdentityPools/<project>.svc.id.goog/subject/ns/<namespace>/sa/<cluster>.",
  url: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  types: [
    "gcp:ServiceAccountIAMMember",
    "gcp:ServiceAccountIAMBinding",
    "gcp:ServiceAccountIAMPolicy",
    "gcp:BucketIAMMember",
    "gcp:BucketIAMBinding",
    "gcp:BucketIAMPolicy",
    "gcp:ProjectIAMMember",
    "gcp:ProjectIAMBinding",
    "gcp:ProjectIAMPolicy",
  ],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    const clusters = new Map(stack.ofType(CLUSTER).map((one) => [`${one.namespace}/${one.name}`, one]));
    for (const { all } of Object.values(accessOf(stack)))
      for (const { resource, at, member } of all)
        part(() => {
          if (typeof member !== "string") throw member;
          if (!/svc\.id\.goog|subject\/ns\//.test(member)) return;
          const direct = /^principal/.test(member);
          const problem = direct ? ofPrincipal(member) : ofImpersonation(member, clusters);
          if (problem === undefined) return;
          const workload = workloadOf(member) ?? "";
          const cluster = clusters.get(workload);
          if (cluster !== undefined)
            compare(cluster, {
              what: direct ? "KSA ⇄ IAM principal" : "KSA ⇄ IAM member",
              cloud: member,
              cluster: workload,
            });
          report(resource, at, `"${member}" ${problem}`);
        });
  },
});

function ofImpersonation(member: string, clusters: ReadonlyMap<string, unknown>): string | undefined {
  const form = "Write serviceAccount:<project>.svc.id.goog[<namespace>/<name>].";
  if (!member.startsWith("serviceAccount:")) return `has no "serviceAccount:" before the pool. ${form}`;
  if (!/\.svc\.id\.goog\[[^[\]]*\]$/.test(member)) return `has no [<namespace>/<name>] at its end. ${form}`;
  const [namespace = "", name = "", ...more] = (/\[(.*)\]$/.exec(member)?.[1] ?? "").split("/");
  if (more.length > 0 || !label.test(namespace) || !label.test(name))
    return `has no namespace and name of Kubernetes in its brackets. ${form}`;
  if (!/^serviceAccount:[^\s/[\]]+\.svc\.id\.goog\[/.test(member))
    return `does not begin with a project. ${form}`;
  return clusters.has(`${name}/${namespace}`) && !clusters.has(`${namespace}/${name}`)
    ? `has the name before the namespace. Write [${name}/${namespace}].`
    : undefined;
}

function ofPrincipal(member: string): string | undefined {
  const [, project = ""] =
    /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/([^/]*)\/locations\/global\/workloadIdentityPools\//.exec(
      member,
    ) ?? [];
  if (!/^\d+$/.test(project))
    return "does not begin with principal://iam.googleapis.com/projects/<project number>/locations/global/workloadIdentityPools/; the number is needed there, the project's id does not do.";
  return member.startsWith("principal:") && workloadOf(member) === undefined
    ? "does not end in /subject/ns/<namespace>/sa/<name>. Write that."
    : undefined;
}
