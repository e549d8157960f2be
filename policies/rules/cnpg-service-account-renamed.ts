import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-service-account-renamed",
  title: "Nothing counts on a name for the service account that serviceAccountTemplate gives.",
  severity: "medium",
  tags: ["identity", "backup"],
  why: "CNPG takes labels and annotations from serviceAccountTemplate and leaves the name: the service account is always called as the Cluster (api/v1/cluster_funcs.go). An IAM binding, a trust policy or a RoleBinding for the other name is for nobody, and backups are refused.",
  remedy:
    "Take metadata.name away, and write <namespace>/<name of the Cluster> into bindings and trust policies.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#serviceaccounttemplate",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    const at = view.at("spec", "serviceAccountTemplate", "metadata", "name");
    const name = at.text();
    if (name === undefined || name === "" || name === view.text("metadata", "name")) return;
    report(
      at,
      `"${name}" is ignored: the service account is called ${resource.name ?? "as the Cluster"}. Take it away, and write bindings for that name.`,
      [{ path: at.path, remove: true }],
    );
  },
});
