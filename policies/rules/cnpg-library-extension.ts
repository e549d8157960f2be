import { CLUSTER, DATABASE } from "../core/cluster";
import {
  extensionsOf,
  initdbStatements,
  librariesOf,
  preloaded,
  preloadedByParameter,
} from "../core/extensions";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-library-extension",
  title: "An extension whose library is preloaded is made in a database.",
  severity: "low",
  tags: ["bootstrap"],
  why: "A preloaded library costs memory and a restart, and its functions and views are there only after CREATE EXTENSION. CNPG does that by itself for pg_stat_statements and pgaudit alone.",
  remedy:
    "Name the extension in spec.extensions of a Database, or remove the library. Exempt the Cluster where an application makes it.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_database_management/#managing-extensions-in-a-database",
  types: [DATABASE],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const databases = stack
          .ofType(DATABASE)
          .filter(
            ({ namespace, view }) =>
              namespace === cluster.namespace && view.partial("spec", "cluster", "name") === cluster.name,
          );
        // Extensions are declared here, so that one which is not is missing. Copies bring theirs along.
        const declares = databases.some(({ view }) => view.list("spec", "extensions").length > 0);
        if (!declares || cluster.view.at("spec", "bootstrap", "recovery").exists) return;
        const made = new Set(
          databases.flatMap(({ view }) =>
            view.list("spec", "extensions").flatMap((one) => one.text("name") ?? []),
          ),
        );
        const initdb = cluster.view.at("spec", "bootstrap", "initdb");
        if (
          ["postInitSQLRefs", "postInitApplicationSQLRefs", "postInitTemplateSQLRefs"].some(
            (field) => initdb.at(field).exists,
          )
        )
          return;
        for (const path of initdbStatements)
          for (const statement of initdb.list(...path))
            for (const name of extensionsOf(statement)) made.add(name);
        for (const { name, at } of librariesOf(cluster))
          if (preloaded.has(name) && !preloadedByParameter.has(name) && !made.has(name))
            report(
              cluster,
              at,
              `"${name}" is preloaded, and no Database of ${cluster.called} has the extension. Add it to spec.extensions, or remove it here.`,
              "unless elsewhere",
            );
      });
  },
});
