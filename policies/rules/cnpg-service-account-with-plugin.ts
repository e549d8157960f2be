import { barmanPlugin, CLUSTER } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

const ROLE_BINDING = "RoleBinding.rbac.authorization.k8s.io";

export default stackRule({
  id: "cnpg-service-account-with-plugin",
  title: "A Cluster with the Barman Cloud plugin runs as the service account that CNPG makes for it.",
  severity: "critical",
  tags: ["backup", "identity"],
  why: "Plugin 0.15 binds its Role to the service account of the cluster's own name, always. With serviceAccountName the sidecar runs as another one and may not read the ObjectStore or its Secrets; the webhook accepts it (cloudnative-pg #11345, plugin-barman-cloud #869).",
  remedy:
    "Use serviceAccountTemplate for annotations instead of serviceAccountName, or bind the Role <cluster>-barman-cloud to that account yourself.",
  url: "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/869",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const boundRoles = new Set(
      stack.ofType(ROLE_BINDING).flatMap((binding) => {
        const role = known(() => binding.view.text("roleRef", "name"));
        const accounts = known(() => binding.view.list("subjects").map((one) => one.text("name")));
        return role === undefined ? [] : (accounts ?? []).map((account) => `${role} ${account}`);
      }),
    );
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        if (barmanPlugin(cluster) === undefined) return;
        const at = cluster.view.at("spec", "serviceAccountName");
        const account = at.text() ?? "";
        if (account === "" || account === cluster.name) return;
        if (boundRoles.has(`${cluster.name}-barman-cloud ${account}`)) return;
        report(
          cluster,
          at,
          `"${account}" is not the account that the plugin gives its rights to. Take it away, and put annotations into serviceAccountTemplate.`,
        );
      });
  },
});
