import { accessOf, type Found, mayBeMore, workloadHolders } from "../core/access";
import { gcsBucket } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { nothing, type Row } from "../core/comparison";
import { forEachIdentity, hasBucket, hasIdentity } from "../core/halves";
import { stackRule } from "../core/rule";
import { letsImpersonate } from "../core/storageRoles";
import { Undecided } from "../core/view";

export default stackRule({
  id: "halves-workload-identity-member",
  title: "A Cluster that uses Google Cloud Storage has an IAM member for its <namespace>/<cluster>.",
  severity: "critical",
  tags: ["agreement", "identity", "backup"],
  why: "CNPG runs every instance, backup and recovery job as the Kubernetes service account that it makes under the cluster's own name. Without a member for exactly that name the database comes up, and no backup is ever written.",
  remedy:
    "Declare the role roles/iam.workloadIdentityUser for serviceAccount:<project>.svc.id.goog[<namespace>/<cluster>] on the account that the annotation iam.gke.io/gcp-service-account names.",
  url: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    const { accounts, buckets, projects } = accessOf(stack);
    forEachIdentity(stack, part, (cluster, identity, uses) => {
      const { account, at, namespace, name } = identity;
      const workload = `${namespace}/${name}`;
      const who = workloadHolders(namespace, name);
      const inAccounts = accounts.of(who);
      const ways: Found[] = [inAccounts, projects.of(who)];
      // Without the annotation the pods come as themselves, and roles on the bucket are theirs.
      if (account === undefined) ways.push(buckets.of(who));
      const bound = ways
        .map(({ sure }, i) =>
          sure.find(({ role }) => i === 2 || role instanceof Undecided || letsImpersonate(role)),
        )
        .find((access) => access !== undefined);
      const row: Row = {
        what: account === undefined ? "KSA ⇄ IAM principal" : "KSA ⇄ IAM member",
        cloud: typeof bound?.member === "string" ? bound.member : nothing,
        cluster: workload,
      };
      const unknown = () => compare(cluster, { ...row, verdict: "unknown" });
      // Where the stack knows neither the bucket nor the account, their IAM is somewhere else.
      const here = uses.some(({ store }) => hasBucket(stack, gcsBucket(store)?.bucket ?? ""));
      if (!here && !hasIdentity(stack, identity)) return unknown();
      if (bound?.role instanceof Undecided) return unknown();
      compare(cluster, row);
      if (bound !== undefined) return;
      const open = [account === undefined ? inAccounts : accounts.of(who, account), ...ways.slice(1)];
      if (open.some(mayBeMore)) return unknown();
      const wrong = inAccounts.sure[0]?.role;
      report(
        cluster,
        at,
        typeof wrong === "string"
          ? `the IAM member for [${workload}] has ${wrong}, which does not let it act as the account. Write roles/iam.workloadIdentityUser.`
          : `no IAM member names [${workload}], the service account that this cluster runs as. Add serviceAccount:<project>.svc.id.goog[${workload}] with roles/iam.workloadIdentityUser.`,
      );
    });
  },
});
