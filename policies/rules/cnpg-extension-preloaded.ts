import { CLUSTER, DATABASE } from "../core/cluster";
import { extensionsOf, librariesOf, preloaded, preloadedByParameter } from "../core/extensions";
import { parameterMap } from "../core/parameters";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

export default stackRule({
  id: "cnpg-extension-preloaded",
  title: "An extension that works through a preloaded library finds it there.",
  severity: "high",
  tags: ["bootstrap"],
  why: "Without its library in shared_preload_libraries, pg_cron, TimescaleDB, pgaudit and others can't be created, or do nothing: CREATE EXTENSION fails, and with it the first start or the Database. CNPG preloads by itself only what a parameter asks for (pg_stat_statements, pgaudit, auto_explain, pg_failover_slots); parameters of others are read by nobody.",
  remedy:
    "Name the library in spec.postgresql.shared_preload_libraries of the Cluster; the image has to have it.",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#shared-preload-libraries",
  types: [CLUSTER, DATABASE],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const loaded = loadedIn(cluster);
        const told = new Set<string>();
        const tell = (resource: Resource, at: View, extension: string, what: string) => {
          if (loaded.has(extension) || told.has(extension)) return;
          told.add(extension);
          report(
            resource,
            at,
            `${what} ${extension}, which ${cluster.called} does not preload. Add ${extension} to spec.postgresql.shared_preload_libraries.`,
          );
        };
        for (const database of stack.ofType(DATABASE)) {
          const { namespace, view } = database;
          if (namespace !== cluster.namespace || view.partial("spec", "cluster", "name") !== cluster.name)
            continue;
          for (const entry of view.list("spec", "extensions")) {
            const name = entry.text("name") ?? "";
            if (preloaded.has(name) && entry.text("ensure") !== "absent")
              tell(database, entry.at("name"), name, "needs the library");
          }
        }
        const initdb = cluster.view.at("spec", "bootstrap", "initdb");
        for (const field of ["postInitApplicationSQL", "postInitSQL", "postInitTemplateSQL"])
          for (const statement of initdb.list(field))
            for (const name of extensionsOf(statement))
              if (preloaded.has(name)) tell(cluster, statement, name, "needs the library");
        const parameters = parameterMap(cluster);
        for (const key of parameters.knownKeys())
          for (const [name, prefix] of preloaded)
            if (!preloadedByParameter.has(name) && key.toLowerCase().startsWith(`${prefix}.`))
              tell(cluster, parameters.at(key), name, "is a parameter of");
      });
  },
});

/** What a cluster preloads, by its list or by a parameter. */
function loadedIn(cluster: Resource): ReadonlySet<string> {
  const listed = librariesOf(cluster).map(({ name }) => name);
  const keys = parameterMap(cluster).keys();
  const asked = [...preloadedByParameter].filter((name) =>
    keys.some((key) => key.toLowerCase().startsWith(`${preloaded.get(name)}.`)),
  );
  return new Set([...listed, ...asked]);
}
