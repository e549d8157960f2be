import { archivesWal } from "../core/backup";
import { changeOf } from "../core/changes";
import { barmanPlugin, CLUSTER, inTreeStore, serverNameOf } from "../core/cluster";
import { isMajorUpgrade } from "../core/major";
import type { Resource } from "../core/resource";
import { changeRule } from "../core/rule";
import type { View } from "../core/view";

export default changeRule({
  id: "cnpg-change-archive",
  title: "The archive of a live Cluster stays where it is, under the same server name.",
  severity: "critical",
  tags: ["change", "backup"],
  why: "CNPG accepts another destination, ObjectStore or server name and goes on with WAL there, without a base backup: until the next scheduled one nothing can be restored to a later point in time, and nobody is told. Without an archive WAL is thrown away, and ContinuousArchiving stays true.",
  remedy:
    "Undo the change. If the archive has to move, take a base backup in the same hour (a Backup, or a ScheduledBackup with immediate: true), and keep the old archive for its retention.",
  url: "https://cloudnative-pg.io/documentation/current/wal_archiving/",
  types: [CLUSTER],
  judge({ resource, view, before, report, part }) {
    if (!archivesWal(before)) return;
    if (!archivesWal(resource)) {
      report(
        view.at("spec", "backup"),
        "the Cluster had an archive of its WAL, and has none now. Write it again.",
      );
      return;
    }
    const [was, is] = [archiveFields(before), archiveFields(resource)];
    // To the plugin and back the archive stays, if its server name does; where it lies, the ObjectStore says.
    const fields = was.method === is.method ? (["server", "place"] as const) : (["server"] as const);
    for (const field of fields)
      part(() => {
        // Another major version archives under a name of its own.
        if (field === "server" && isMajorUpgrade(before, resource)) return;
        const [old, now] = [was[field](), is[field]()];
        if (old === undefined || now === undefined || old.value === now.value) return;
        report(
          now.at,
          `the archive was at "${old.value}". At "${now.value}" there is no base backup yet. Write the old value.`,
        );
      });
    if (was.method === is.method && was.method === "in-tree")
      part(() => {
        const [old, now] = [inTreeStore(before), inTreeStore(resource)];
        const change = old && now && changeOf(old.at("endpointURL"), now.at("endpointURL"));
        if (change !== undefined)
          report(
            change.at,
            "the store is another one than before, where there is no base backup yet. Write the old endpoint.",
          );
      });
  },
});

interface Said {
  readonly value: string | undefined;
  readonly at: View;
}

function archiveFields(cluster: Resource): {
  method: "plugin" | "in-tree" | "other";
  server: () => Said | undefined;
  place: () => Said | undefined;
} {
  const server = () => serverNameOf(cluster);
  const plugin = barmanPlugin(cluster);
  if (plugin !== undefined) {
    const at = plugin.at("parameters", "barmanObjectName");
    return { method: "plugin", server, place: () => ({ at, value: at.text() }) };
  }
  const store = inTreeStore(cluster);
  if (store === undefined) return { method: "other", server, place: () => undefined };
  const at = store.at("destinationPath");
  return { method: "in-tree", server, place: () => ({ at, value: at.text()?.replace(/\/+$/, "") }) };
}
