import { archiveOf, CLUSTER, locationIn, OBJECT_STORE } from "../core/cluster";
import { placeText } from "../core/halves";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-destination-path-parent",
  title: "destinationPath is the parent of the server's folder and does not end in the server name itself.",
  severity: "low",
  tags: ["backup"],
  why: "Barman writes to <destinationPath>/<serverName>/base and /wals. A path that ends in the server name gives <name>/<name>/, which whoever restores by hand, or writes the same path down for a recovery, does not find.",
  remedy:
    "Take the server name off the end of destinationPath; leave what stands before it. Do it before the first backup: a live cluster's archive stays where it is, or its backups and its WAL come apart.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/concepts/",
  types: [CLUSTER],
  compares: true,
  judge({ stack, report, part, compare }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const archive = archiveOf(cluster, stack);
        if (archive?.destinationPath === undefined || archive.serverName === undefined) return;
        const location = locationIn(archive.store);
        if (location === undefined) return;
        const s3 = location.scheme === "s3";
        const endpoint = (s3 ? archive.store.text("endpointURL") : undefined) || "Amazon S3";
        const row = {
          what: s3 ? "bucket ⇄ destinationPath" : "bucket and prefix ⇄ destinationPath",
          cloud: s3 ? `${location.bucket} at ${endpoint}, made by whoever runs it` : location.bucket,
          cluster: placeText(archive.store, archive.serverName),
        } as const;
        // In Cloud Storage it is roles that say where the cloud half ends.
        if (s3) compare(cluster, row);
        const folders = location.prefix.split("/");
        // In Azure's URLs the first one is the container.
        if (location.scheme.startsWith("http")) folders.shift();
        if (folders.at(-1) !== archive.serverName) return;
        compare(cluster, row);
        const at = archive.store.at("destinationPath");
        const parent = archive.destinationPath.replace(/\/+$/, "").slice(0, -archive.serverName.length);
        const owner = archive.holder.type === OBJECT_STORE ? ` of ${cluster.called}` : "";
        report(
          archive.holder,
          at,
          `"${archive.destinationPath}" ends in "${archive.serverName}", the server name${owner}, which Barman appends again. Write "${parent}" unless there are backups already.`,
        );
      });
  },
});
