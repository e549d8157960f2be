import { CLUSTER } from "../core/cluster";
import { extensionsOf, sqlOf } from "../core/extensions";
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
  title: "Extensions and rights of the application are created in the application's database.",
  severity: "medium",
  tags: ["bootstrap"],
  why: "postInitSQL runs in the database postgres: an extension made there does not exist in the application's, a right on the schema public that is granted there is one on the schema of the database postgres, and an application's role can't make one that is not trusted, such as vector, by itself. postInitApplicationSQL runs in the application's database, as a superuser.",
  remedy:
    "Move the statement to postInitApplicationSQL. For an extension, or name the extension in spec.extensions of a Database, which also works for a cluster that is there already.",
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
      for (const statement of statements) {
        if (grantsInPublic(statement))
          report(
            statement,
            "changes rights in the schema public of the database postgres, not of the application's. Move it to postInitApplicationSQL.",
          );
        for (const extension of extensionsOf(statement))
          if (forApplications.has(extension) && !there.has(extension))
            report(
              statement,
              `creates the extension ${extension} in the database postgres, not in the application's. Move it to postInitApplicationSQL.`,
            );
      }
    });
  },
});

/** Whether rights in the schema public are given. To take them from everybody is of use in every database. */
function grantsInPublic(statement: View): boolean {
  return sqlOf(statement)
    .split(";")
    .some((one) =>
      /^\s*(?:GRANT\b.{1,200}?\bSCHEMA\s+"?public\b|ALTER\s+SCHEMA\s+"?public\b|ALTER\s+DEFAULT\s+PRIVILEGES\b.{0,200}?\bSCHEMA\s+"?public\b.{0,20}\bGRANT\b)/is.test(
        one,
      ),
    );
}
