import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const fields = ["postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL"].flatMap((field) => [
  field,
  `${field}Refs`,
]);

export default resourceRule({
  id: "cnpg-recovery-ignored-sql",
  title: "SQL to run at the start is given to initdb, the only method that runs it.",
  severity: "medium",
  tags: ["recovery", "bootstrap"],
  why: "recovery and pg_basebackup have no such fields: the API server drops them or refuses the object, and nothing is run.",
  remedy: "Take the field away; extensions go into a Database, roles into spec.managed.roles.",
  url: "https://cloudnative-pg.io/documentation/current/bootstrap/",
  types: [CLUSTER],
  judge({ view, report }) {
    for (const method of ["recovery", "pg_basebackup"])
      for (const field of fields) {
        const at = view.at("spec", "bootstrap", method, field);
        if (at.exists)
          report(at, `is never run: ${method} has no ${field}. Take it away.`, [
            { path: at.path, remove: true },
          ]);
      }
  },
});
