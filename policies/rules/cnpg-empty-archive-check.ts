import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const ANNOTATION = "cnpg.io/skipEmptyWalArchiveCheck";

export default resourceRule({
  id: "cnpg-empty-archive-check",
  title: "CNPG checks that a new cluster's WAL archive is empty before it writes there.",
  severity: "high",
  tags: ["backup"],
  why: "The check is all that keeps two clusters from writing into one archive, after which neither can be restored. Clusters start without the annotation: it is archiving that waits.",
  remedy:
    "Take the annotation away and give the cluster a serverName of its own. To go on in an archive that is really the cluster's own, exempt it with that reason and an end.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    // CNPG compares with this very word; any other value has no effect.
    if (resource.annotation(ANNOTATION) !== "enabled") return;
    report(
      view.at("metadata", "annotations", ANNOTATION),
      `"enabled" switches the check off. Take it away${view.at("spec", "bootstrap", "recovery").exists ? ", and archive under a serverName that is new" : ""}.`,
    );
  },
});
