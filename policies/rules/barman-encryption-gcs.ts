import { storesOf } from "../core/backup";
import { CLUSTER, locationIn, OBJECT_STORE } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "barman-encryption-gcs",
  title: "encryption is asked for only of S3, which alone has it.",
  severity: "medium",
  tags: ["backup", "security"],
  why: "wal.encryption and data.encryption become --encryption, which Barman hands to S3 only. On Cloud Storage and Azure nothing is done with it: whoever wrote it believes that a key of their own is used.",
  remedy:
    "Remove it. Cloud Storage encrypts everything; for a key of your own set a default KMS key on the bucket.",
  url: "https://docs.pgbarman.org/release/latest/user_guide/barman_cloud.html",
  types: [CLUSTER, OBJECT_STORE],
  judge({ resource, report, part }) {
    for (const store of storesOf(resource))
      part(() => {
        const fields = ["wal", "data"].map((part) => store.at(part, "encryption")).filter((at) => at.exists);
        const [first] = fields;
        if (first === undefined) return;
        const google = store.at("googleCredentials").exists;
        const scheme = google
          ? "gs"
          : store.at("azureCredentials").exists
            ? "https"
            : locationIn(store)?.scheme;
        if (scheme === undefined || scheme === "s3") return;
        report(
          first,
          `"${first.unknown ? "" : first.text()}" has no effect on ${scheme === "gs" ? "Cloud Storage" : "Azure"}${fields.length > 1 ? ", nor has data.encryption" : ""}. Remove it, and set the key on the ${scheme === "gs" ? "bucket" : "storage account"}.`,
        );
      });
  },
});
