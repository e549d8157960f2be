import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const KEY = "cnpg.io/skipEmptyWalArchiveCheck";

export default resourceRule({
  id: "cnpg-empty-archive-check-ignored",
  title: 'cnpg.io/skipEmptyWalArchiveCheck is an annotation, and its value is "enabled".',
  severity: "low",
  tags: ["backup"],
  why: "CNPG looks at the annotation of the Cluster and compares it with this very word. As a label, or with another value, it does nothing: the check goes on, and whoever wrote it believes that it does not.",
  remedy: "Remove it. The check keeps two clusters out of one archive.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    const label = view.at("metadata", "labels", KEY);
    if (label.exists) report(label, "is a label, which CNPG does not look at. Remove it.");
    const value = resource.annotation(KEY);
    if (value === undefined || value === "enabled") return;
    report(
      view.at("metadata", "annotations", KEY),
      `"${value}" has no effect: the check goes on. Remove it.`,
    );
  },
});
