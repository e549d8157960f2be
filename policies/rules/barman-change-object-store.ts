import { objectStoreOf } from "../core/archives";
import { beginsAnew } from "../core/changes";
import { archiveOf, barmanPlugin, CLUSTER } from "../core/cluster";
import { mayBeOnePlace, placeOf } from "../core/places";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-change-object-store",
  title: "The ObjectStore of a live Cluster's archive is replaced only by one of the same place.",
  severity: "critical",
  tags: ["change", "backup"],
  why: "CNPG goes on with WAL at the place of whatever ObjectStore the Cluster names, without a base backup there: until the next scheduled one nothing can be restored to a later point in time, and nobody is told. Under another name the ObjectStore may be of the same place, which changes nothing.",
  remedy:
    "Write the old place. If the archive has to move, take a base backup in the same hour (a Backup, or a ScheduledBackup with immediate: true), and keep the old archive for its retention.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [CLUSTER],
  comparesBefore: true,
  judge({ stack, before, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const old = before?.of(cluster);
        if (old === undefined || beginsAnew(old.resource, cluster)) return;
        const [from, to] = [objectStoreOf(old.resource), objectStoreOf(cluster)];
        // Of one name, the change is the ObjectStore's; without any, the Cluster's own.
        if (from === to) return;
        const [was, is] = [archiveOf(old.resource, old.stack), archiveOf(cluster, stack)];
        const [there, here] = [was, is].map((one) => one && placeOf(one.store, cluster.namespace));
        const at = barmanPlugin(cluster)?.at("parameters", "barmanObjectName") ?? is?.store;
        if (at === undefined || (there !== undefined && here !== undefined && mayBeOnePlace(there, here)))
          return;
        if (there !== undefined && here !== undefined)
          report(
            cluster,
            at,
            `the archive was at "${was?.destinationPath}". At "${is?.destinationPath}" there is no base backup yet. Write the old place.`,
          );
        else if (from !== undefined && to !== undefined)
          report(
            cluster,
            at,
            `was "${from}", and where it or "${to}" lies is not said here. If that is another place, there is no base backup yet.`,
            "advisory",
          );
      });
  },
});
