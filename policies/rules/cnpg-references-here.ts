import { objectStoreOf } from "../core/archives";
import { BACKUP, barmanPlugin, CLUSTER, OBJECT_STORE, SCHEDULED_BACKUP } from "../core/cluster";
import { type Names, namesIn } from "../core/nearby";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-references-here",
  title:
    "The ObjectStore of a Cluster and the Cluster of a ScheduledBackup are among the resources, next to others of their kind.",
  severity: "low",
  tags: ["backup"],
  why: "Nothing checks these names when they are applied. Where a namespace has objects of the kind and not the one that is named, the name is often out of date.",
  remedy: "Correct the name, declare the object here too, or exempt the resource with where the object is.",
  url: "https://cloudnative-pg.io/documentation/current/backup/",
  types: [CLUSTER, SCHEDULED_BACKUP, BACKUP],
  judge({ stack, report, part }) {
    const stores = namesIn(stack, OBJECT_STORE);
    const clusters = namesIn(stack, CLUSTER);
    // Of a name that is nearly right the rules for slips tell.
    const isAway = (type: string, here: Names, name: string | undefined) =>
      name !== undefined && stack.allNamed(type, name).length === 0 && here.nearest(name) === undefined;
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const here = stores(cluster.namespace);
        if (here === undefined) return;
        const name = objectStoreOf(cluster);
        if (!isAway(OBJECT_STORE, here, name)) return;
        const at = barmanPlugin(cluster)?.at("parameters", "barmanObjectName");
        report(
          cluster,
          at ?? ["spec", "plugins"],
          `there is no ObjectStore "${name}" here. Check the name.`,
          "unless elsewhere",
        );
      });
    for (const backup of [...stack.ofType(SCHEDULED_BACKUP), ...stack.ofType(BACKUP)])
      part(() => {
        const here = clusters(backup.namespace);
        if (here === undefined) return;
        const at = backup.view.at("spec", "cluster", "name");
        const name = at.text();
        if (!isAway(CLUSTER, here, name)) return;
        report(backup, at, `there is no Cluster "${name}" here. Check the name.`, "unless elsewhere");
      });
  },
});
