import { objectStoreOf, sourcesOf } from "../core/archives";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "barman-source-retention",
  title: "An ObjectStore that is only recovered from says no retention.",
  severity: "low",
  tags: ["recovery", "backup"],
  why: "The plugin applies the retention of the store that a Cluster archives into, and never that of its source: it promises what does not happen. And the day that somebody archives through this store, it deletes backups of the Cluster that they belong to.",
  remedy:
    "Take retentionPolicy out of it. How long these backups are kept is for the Cluster that made them to say.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
  types: [OBJECT_STORE],
  judge({ stack, report, part }) {
    const sources = new Set<string>();
    const archives = new Set<string>();
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const place = cluster.namespace ?? "";
        const own = known(() => objectStoreOf(cluster));
        if (own !== undefined) archives.add(`${place}/${own}`);
        for (const { objectStore } of sourcesOf(cluster, stack))
          if (objectStore !== undefined) sources.add(`${place}/${objectStore}`);
      });
    for (const store of stack.ofType(OBJECT_STORE))
      part(() => {
        const key = `${store.namespace ?? ""}/${store.name ?? ""}`;
        if (!sources.has(key) || archives.has(key)) return;
        const at = store.view.at("spec", "retentionPolicy");
        const retention = at.text();
        if (retention !== undefined)
          report(
            store,
            at,
            `is "${retention}", and no Cluster here archives into this store: it is not applied. Leave it out.`,
            "unless elsewhere",
            [{ path: at.path, remove: true }],
          );
      });
  },
});
