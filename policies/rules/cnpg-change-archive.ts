import { archivesWal } from "../core/backup";
import { barmanPlugin, CLUSTER, inTreeStore, serverNameOf } from "../core/cluster";
import { isMajorUpgrade } from "../core/major";
import { movedBy } from "../core/places";
import { known, type Resource } from "../core/resource";
import { changeRule } from "../core/rule";

/** Server names in object stores that a Cluster was recovered from or follows. */
const sourceNames = ({ name, view }: Resource): (string | undefined)[] => {
  const source = known(() => view.partial("spec", "bootstrap", "recovery", "source"));
  return view
    .list("spec", "externalClusters")
    .filter((entry) => source !== undefined && known(() => entry.partial("name")) === source)
    .map((entry) =>
      known(
        () =>
          entry.partial("plugin", "parameters", "serverName") ??
          entry.partial("barmanObjectStore", "serverName") ??
          // What each model takes where none is said.
          (entry.at("plugin").exists ? name : entry.partial("name")),
      ),
    )
    .filter((name) => name !== undefined);
};

export default changeRule({
  id: "cnpg-change-archive",
  title: "The archive of a live Cluster stays where it is, under the same server name.",
  severity: "critical",
  tags: ["change", "backup"],
  why: "CNPG accepts another destination or server name and goes on with WAL there, without a base backup: until the next scheduled one nothing can be restored to a later point in time, and nobody is told. Without an archive WAL is thrown away, and ContinuousArchiving stays true.",
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
    part(() => {
      // Another major version archives under a name of its own.
      if (isMajorUpgrade(before, resource)) return;
      const [old, now] = [serverNameOf(before), serverNameOf(resource)];
      if (old === undefined || now === undefined || old.value === now.value) return;
      // Out of the folder of another cluster, as barman-recovery-own-archive asks.
      if (sourceNames(before).includes(old.value)) return;
      report(
        now.at,
        `the archive was at "${old.value}". At "${now.value}" there is no base backup yet. Write the old value.`,
      );
    });
    part(() => {
      // Where one of the plugin's lies, the ObjectStore says.
      if (barmanPlugin(before) !== undefined || barmanPlugin(resource) !== undefined) return;
      const [old, now] = [inTreeStore(before), inTreeStore(resource)];
      if (old === undefined || now === undefined) return;
      for (const field of movedBy(old, now, resource.namespace))
        report(
          now.at(field),
          field === "endpointURL"
            ? "the store is another one than before, where there is no base backup yet. Write the old endpoint."
            : `the archive was at "${old.text(field)}". At "${now.text(field)}" there is no base backup yet. Write the old value.`,
        );
    });
  },
});
