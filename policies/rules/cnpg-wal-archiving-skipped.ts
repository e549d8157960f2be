import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const ANNOTATION = "cnpg.io/skipWalArchiving";

export default resourceRule({
  id: "cnpg-wal-archiving-skipped",
  title: "WAL archiving is not switched off by annotation.",
  severity: "critical",
  tags: ["backup"],
  why: "The annotation sets archive_mode to off, whatever plugins and stores are configured: base backups can't be completed, and there is no point-in-time recovery.",
  remedy: "Take the annotation away.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    if (resource.annotation(ANNOTATION) !== "enabled") return;
    report(
      view.at("metadata", "annotations", ANNOTATION),
      '"enabled" sets archive_mode to off. Take the annotation away.',
      [{ path: ["metadata", "annotations", ANNOTATION], remove: true }],
    );
  },
});
