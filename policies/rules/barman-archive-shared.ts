import { archiveOf, CLUSTER } from "../core/cluster";
import { folderOf } from "../core/places";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-archive-shared",
  title: "No two Clusters archive into one folder: destinationPath and serverName together are their own.",
  severity: "critical",
  tags: ["backup", "recovery"],
  why: "WAL segments of two clusters have the same names. The second cluster's archiving is refused as long as the check for an empty archive is on; with the check skipped, each overwrites the other's WAL, and neither can be recovered.",
  remedy: "Give every cluster, and every generation of one, a serverName of its own.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    const clusters = stack.ofType(CLUSTER);
    if (clusters.length < 2) return;
    const first = new Map<string, Resource>();
    for (const cluster of clusters)
      part(() => {
        const archive = archiveOf(cluster, stack);
        if (archive?.serverName === undefined) return;
        const folder = folderOf(archive.store, archive.serverName, cluster.namespace);
        if (folder === undefined) return;
        const other = first.get(folder);
        if (other === undefined) {
          first.set(folder, cluster);
          return;
        }
        if (sameObject(cluster, other)) return;
        report(
          cluster,
          archive.serverNameAt,
          `${cluster.called} and ${other.called} both archive into ${archive.destinationPath?.replace(/\/+$/, "")}/${archive.serverName}/. Write a serverName of its own.`,
        );
      });
  },
});

/** One object in two files, such as overlays for two places. In Pulumi every resource is an object of its own. */
function sameObject(a: Resource, b: Resource): boolean {
  if (a.origin.urn !== undefined && b.origin.urn !== undefined) return a.origin.urn === b.origin.urn;
  return (
    a.name === b.name &&
    (a.namespace === b.namespace || a.namespace === undefined || b.namespace === undefined)
  );
}
