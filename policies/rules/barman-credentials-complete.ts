import { storesOf } from "../core/backup";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { resourceRule } from "../core/rule";

const kinds = ["googleCredentials", "s3Credentials", "azureCredentials"];

export default resourceRule({
  id: "barman-credentials-complete",
  title: "An object store has credentials of exactly one provider, and they say where they come from.",
  severity: "critical",
  tags: ["backup", "identity"],
  why: "ObjectStore has no webhook: none, two kinds, or `googleCredentials: {}` are accepted, and fail only when the first WAL is to be archived, in a log that nobody reads. In a Cluster the webhook refuses the same for its own backups, and not for externalClusters.",
  remedy:
    "Keep one of googleCredentials (gkeEnvironment: true, or applicationCredentials), s3Credentials (accessKeyId and secretAccessKey, or inheritFromIAMRole: true) and azureCredentials.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [CLUSTER, OBJECT_STORE],
  judge({ resource, report, part }) {
    for (const store of storesOf(resource))
      part(() => {
        if (!store.exists) return;
        const given = kinds.filter((kind) => store.at(kind).exists);
        if (given.length === 0)
          report(store, "has no credentials. Add googleCredentials, s3Credentials or azureCredentials.");
        if (given.length > 1) report(store, `has ${given.join(" and ")}. Keep the one of destinationPath.`);
        if (given.length !== 1) return;
        if (given[0] === "googleCredentials") {
          const google = store.at("googleCredentials");
          const ofPod = google.flag("gkeEnvironment") === true;
          const ofKey = google.at("applicationCredentials").exists;
          if (!ofPod && !ofKey)
            report(
              google,
              "has neither gkeEnvironment: true nor applicationCredentials. With Workload Identity write gkeEnvironment: true.",
            );
          if (ofPod && ofKey)
            report(google, "has both gkeEnvironment: true and applicationCredentials. Keep one of them.");
        }
        if (given[0] === "s3Credentials") {
          const s3 = store.at("s3Credentials");
          const keys = ["accessKeyId", "secretAccessKey"].filter((key) => s3.at(key).exists);
          for (const key of keys)
            for (const field of ["name", "key"])
              if (s3.flag("inheritFromIAMRole") !== true && !s3.at(key, field).exists)
                report(s3.at(key), `has no ${field}. Write the name of the Secret and the key in it.`);
          if (s3.flag("inheritFromIAMRole") !== true && keys.length < 2)
            report(
              s3,
              `has ${keys[0] === undefined ? "neither keys nor inheritFromIAMRole: true" : `only ${keys[0]}`}. Write both accessKeyId and secretAccessKey, or inheritFromIAMRole: true.`,
            );
        }
      });
  },
});
