import { CLUSTER } from "../core/cluster";
import { addTo } from "../core/grouped";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

const rbac = "rbac.authorization.k8s.io";
const GROUP = "postgresql.cnpg.io";
const JOB = "Job.batch";
const CRON_JOB = "CronJob.batch";
const deleting = new Set(["delete", "deletecollection", "*"]);

export default stackRule({
  id: "k8s-job-deletes-clusters",
  title: "A job may delete the Clusters that it is for, by name, and no others.",
  severity: "high",
  tags: ["security", "availability"],
  why: "A Cluster takes its volumes along when it is deleted. A right to delete clusters.postgresql.cnpg.io without resourceNames covers every one of the namespace, or with a ClusterRoleBinding of all of them: a slip in a clean-up script, or whoever gets hold of its token, empties production.",
  remedy: "Name the Clusters in resourceNames of the rule, and bind the Role in their namespace alone.",
  url: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources",
  types: [JOB, CRON_JOB],
  judge({ stack, report, part }) {
    const bindings = bindingsOf(stack);
    for (const [type, ...path] of [
      [JOB, "spec"],
      [CRON_JOB, "spec", "jobTemplate", "spec"],
    ] as const)
      for (const job of stack.ofType(type))
        part(() => {
          const pod = job.view.at(...path, "template", "spec");
          const account = pod.text("serviceAccountName") ?? pod.text("serviceAccount") ?? "default";
          for (const binding of bindings.get(`${job.namespace ?? ""}/${account}`) ?? [])
            part(() => {
              const role = roleOf(binding, stack);
              if (role === undefined) return;
              for (const rule of role.view.list("rules"))
                part(() => {
                  if (!deletesAnyCluster(rule)) return;
                  // A right to everything is another matter where there is no Cluster: nobody says that one is meant.
                  if (!stack.ofType(CLUSTER).length && !rule.texts("apiGroups").includes(GROUP)) return;
                  const where =
                    binding.type === `ClusterRoleBinding.${rbac}` ? "all namespaces" : "the namespace";
                  report(
                    role,
                    rule.at("resourceNames"),
                    `does not say which: ${job.called} may delete every Cluster of ${where}. Name those that it is for.`,
                  );
                });
            });
        });
  },
});

/** Bindings by `<namespace>/<service account>`. */
function bindingsOf(stack: Stack): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const kind of ["RoleBinding", "ClusterRoleBinding"])
    for (const binding of stack.ofType(`${kind}.${rbac}`)) {
      if (binding.view.at("subjects").unknown) continue;
      for (const subject of binding.view.list("subjects")) {
        if (subject.unknown || subject.at("name").unknown || subject.at("namespace").unknown) continue;
        if (subject.text("kind") !== "ServiceAccount") continue;
        const namespace = subject.text("namespace") ?? binding.namespace ?? "";
        addTo(found, `${namespace}/${subject.text("name") ?? ""}`, binding);
      }
    }
  return found;
}

function roleOf(binding: Resource, stack: Stack): Resource | undefined {
  const name = binding.view.text("roleRef", "name") ?? "";
  return binding.view.text("roleRef", "kind") === "ClusterRole"
    ? stack.allNamed(`ClusterRole.${rbac}`, name)[0]
    : stack.find(`Role.${rbac}`, binding.namespace, name);
}

function deletesAnyCluster(rule: View): boolean {
  const has = (field: string, ...wanted: readonly string[]) =>
    rule.texts(field).some((value) => wanted.includes(value));
  return (
    has("apiGroups", "postgresql.cnpg.io", "*") &&
    has("resources", "clusters", "*") &&
    rule.texts("verbs").some((verb) => deleting.has(verb)) &&
    rule.list("resourceNames").length === 0
  );
}
