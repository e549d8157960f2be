import { BACKUP, CLUSTER, DATABASE, POOLER, SCHEDULED_BACKUP } from "../core/cluster";
import { resourceRule } from "../core/rule";

const ANNOTATION = "cnpg.io/validation";

export default resourceRule({
  id: "cnpg-validation-disabled",
  title: "CNPG's webhook checks the object: its validation is not switched off.",
  severity: "high",
  tags: ["operations"],
  why: "With the value disabled the webhook lets everything pass: a smaller volume, a parameter that CNPG sets itself, two bootstrap methods, an older major version.",
  remedy: "Take the annotation away.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: [CLUSTER, BACKUP, SCHEDULED_BACKUP, DATABASE, POOLER],
  judge({ resource, view, report }) {
    if (resource.annotation(ANNOTATION) !== "disabled") return;
    report(
      view.at("metadata", "annotations", ANNOTATION),
      '"disabled" lets everything pass the webhook. Take the annotation away.',
      [{ path: ["metadata", "annotations", ANNOTATION], remove: true }],
    );
  },
});
