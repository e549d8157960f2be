import { ACCOUNT_ANNOTATION, archiveOf, CLUSTER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-google-key-file",
  title: "On GKE, backups use Workload Identity and not a key file.",
  severity: "medium",
  tags: ["identity", "security"],
  why: "A key in a Secret does not expire and works from anywhere. With applicationCredentials it is the key that counts: gkeEnvironment beside it, and the annotation of Workload Identity, have no effect.",
  remedy: "Write googleCredentials: {gkeEnvironment: true} alone, and delete the key and its Secret.",
  url: "https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const told = new Set<unknown>();
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const archive = archiveOf(cluster, stack);
        if (archive === undefined || told.has(archive.holder)) return;
        const credentials = archive.store.at("googleCredentials");
        if (!credentials.exists || !credentials.at("applicationCredentials").exists) return;
        // Elsewhere than on GKE a key is what there is.
        const annotation = cluster.view.at(
          "spec",
          "serviceAccountTemplate",
          "metadata",
          "annotations",
          ACCOUNT_ANNOTATION,
        );
        if (!annotation.exists && credentials.flag("gkeEnvironment") !== true) return;
        told.add(archive.holder);
        report(
          archive.holder,
          credentials.at("applicationCredentials"),
          `is used, and not the Workload Identity that ${cluster.called} is set up for. Take it away and write gkeEnvironment: true.`,
        );
      });
  },
});
