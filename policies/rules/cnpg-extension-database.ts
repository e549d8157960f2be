import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";
import type { View } from "../core/view";

/** Extensions whose types and functions applications use in their own database, and nowhere else. */
const forApplications = new Set(
  `age btree_gin btree_gist citext cube earthdistance fuzzystrmatch h3 hll hstore intarray isn ltree pg_partman pg_trgm
  pgcrypto pgrouting postgis postgis_raster postgis_tiger_geocoder postgis_topology rum tablefunc timescaledb tsm_system_rows
  unaccent uuid-ossp vchord vector vectors vectorscale xml2`.split(/\s+/),
);

export default resourceRule({
  id: "cnpg-extension-database",
  title: "Extensions of the application are created in the application's database.",
  severity: "medium",
  tags: ["bootstrap"],
  why: "postInitSQL runs in the database postgres: an extension made there does not exist in the application's, and an application's role can't make one that is not trusted, such as vector, by itself. postInitApplicationSQL runs in the application's database, as a superuser.",
  remedy:
    "Move CREATE EXTENSION to postInitApplicationSQL, or name the extension in spec.extensions of a Database, which also works for a cluster that is there already.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_database_management/#managing-extensions-in-a-database",
  types: [CLUSTER],
  judge({ view, report, part }) {
    const initdb = view.at("spec", "bootstrap", "initdb");
    part(() => {
      const statements = initdb.list("postInitSQL");
      if (statements.length === 0 || initdb.text("database") === "postgres") return;
      // What goes into template1 is in every database that is made from it.
      const there = new Set(
        ["postInitApplicationSQL", "postInitTemplateSQL"].flatMap((field) =>
          initdb.list(field).flatMap(extensionsOf),
        ),
      );
      for (const statement of statements)
        for (const extension of extensionsOf(statement))
          if (forApplications.has(extension) && !there.has(extension))
            report(
              statement,
              `creates the extension ${extension} in the database postgres, not in the application's. Move it to postInitApplicationSQL.`,
            );
    });
  },
});

function extensionsOf(statement: View): string[] {
  const sql = (statement.text() ?? "").replaceAll(/--.*/g, "");
  return [...sql.matchAll(/\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w-]+)"?/gi)].map(
    ([, name = ""]) => name.toLowerCase(),
  );
}
