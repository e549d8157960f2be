import { BACKUP, CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const ANNOTATION = "cnpg.io/reconciliationLoop";

export default resourceRule({
  id: "cnpg-reconciliation-disabled",
  title: "CNPG looks after the object: its reconciliation is not switched off.",
  severity: "high",
  tags: ["operations"],
  why: "With the value disabled the operator does nothing for the object any more: no failover, no new replica, no rotated certificate, no change of the manifest.",
  remedy: "Take the annotation away; set it by hand for as long as the work needs it, never in a manifest.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: [CLUSTER, BACKUP],
  judge({ resource, view, report }) {
    if (resource.annotation(ANNOTATION) !== "disabled") return;
    report(
      view.at("metadata", "annotations", ANNOTATION),
      '"disabled" stops the operator for this object. Take the annotation away.',
      [{ path: ["metadata", "annotations", ANNOTATION], remove: true }],
    );
  },
});
