import { CLUSTER, DATABASE, DATABASE_ROLE, OBJECT_STORE, POOLER, SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";

const KEY = "helm.sh/hook";

export default resourceRule({
  id: "cnpg-helm-hook",
  title: "Objects of CloudNativePG are no hooks of a Helm release.",
  severity: "high",
  tags: ["gitops", "availability"],
  why: "Helm deletes a hook before it makes it again at the next upgrade (before-hook-creation is its default), and no release owns it. A Cluster goes with its volumes, an ObjectStore leaves WAL without an archive. Argo CD makes it once, in a phase of its own, and does not keep it in step with Git.",
  remedy:
    "Remove the annotation. Where order matters use Argo CD's sync waves, or a chart that the other one depends on.",
  url: "https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies",
  types: [CLUSTER, DATABASE, DATABASE_ROLE, OBJECT_STORE, POOLER, SCHEDULED_BACKUP],
  judge({ resource, view, report }) {
    const at = view.at("metadata", "annotations", KEY);
    if (resource.annotation(KEY) === undefined) return;
    report(at, `makes this a hook, which Helm deletes and makes again at every "${at.text()}". Remove it.`);
  },
});
