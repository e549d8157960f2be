import { CLUSTER, DATABASE } from "../core/cluster";
import { resourceRule } from "../core/rule";

const OPTIONS = "argocd.argoproj.io/sync-options";

export default resourceRule({
  id: "argo-delete-guard",
  title: "A Cluster or Database that Argo CD owns is deleted neither by a sync nor with its Application.",
  severity: "medium",
  tags: ["gitops", "availability"],
  why: "A sync with pruning deletes what is no longer in Git, and deleting an Application deletes what it owns; the volumes of a Cluster go with the Cluster.",
  remedy:
    "Annotate it with argocd.argoproj.io/sync-options: Prune=false,Delete=false, or with confirm in place of false.",
  url: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources",
  types: [CLUSTER, DATABASE],
  judge({ resource, view, report }) {
    const owned =
      resource.annotation("argocd.argoproj.io/tracking-id") !== undefined ||
      resource.label("argocd.argoproj.io/instance") !== undefined;
    if (!owned) return;
    const at = view.at("metadata", "annotations", OPTIONS);
    const options = (at.text() ?? "").split(",").map((option) => option.trim().toLowerCase());
    const missing = ["Prune", "Delete"].filter(
      (action) => !["false", "confirm"].some((value) => options.includes(`${action.toLowerCase()}=${value}`)),
    );
    if (missing.length > 0)
      report(
        at,
        `${missing.map((action) => `${action}=false`).join(" and ")} ${missing.length > 1 ? "are" : "is"} missing. Write "Prune=false,Delete=false".`,
      );
  },
});
