import { CLUSTER } from "../core/cluster";
import { allowedOf, readSetting, settingsOf } from "../core/parameters";
import { fixedParameters } from "../core/postgres";
import { resourceRule } from "../core/rule";

/** CNPG compares them with what the data were written with, and gives up an instance's reconciliation at other forms. */
const readByCnpg = new Set(
  "max_connections max_locks_per_transaction max_prepared_transactions max_wal_senders max_worker_processes".split(
    " ",
  ),
);

export default resourceRule({
  id: "cnpg-parameter-value",
  title: "Every parameter of Postgres has a value that Postgres takes.",
  severity: "high",
  tags: ["configuration"],
  why: "CNPG's webhook looks at few values, and writes each in quotes into one line of the configuration. A new cluster with one that Postgres refuses does not start; a running one goes on with all of its former configuration, and does not start again.",
  remedy: "Write a value of the parameter's type, in its range, with one of its units.",
  url: "https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    const libraries = resource.view.at("spec", "postgresql", "shared_preload_libraries");
    part(() => {
      for (const library of libraries.list())
        part(() => {
          const broken = brokenBy(library.text() ?? "");
          if (broken !== undefined) report(library, broken);
        });
    });
    for (const setting of settingsOf(resource)) {
      const { facts, at, name } = setting;
      if (fixedParameters.has(name)) continue;
      part(() => {
        const text = at.scalar();
        const broken = brokenBy(text ?? "");
        if (broken !== undefined) {
          report(at, broken);
          return;
        }
        if (facts === undefined) return;
        const value = readSetting(setting);
        if (text !== undefined && value === undefined)
          report(at, `"${text}" is refused by Postgres. Write ${allowedOf(facts)}.`);
        else if (text !== undefined && readByCnpg.has(name) && !/^[+-]?\d+$/.test(text))
          report(
            at,
            `"${text}" is ${value} to Postgres, but CNPG reads it too, and digits alone. Write ${value}.`,
            [{ path: at.path, value: String(value) }],
          );
      });
    }
  },
});

/** A text in quotes, as the lexer of Postgres' configuration file has it (guc-file.l). */
const quoted = /^'(?:[^'\\\n]|\\.|'')*'$/;

/** How a value breaks the file in which CNPG writes it in quotes, with those in it doubled; undefined if it does not. */
function brokenBy(value: string): string | undefined {
  if (quoted.test(`'${value.replaceAll("'", "''")}'`)) return undefined;
  return value.includes("\n")
    ? "has a line break, with which Postgres can't read its configuration. Write it in one line; a block in YAML begins with >-."
    : "has a backslash before a quote or at its end, with which Postgres can't read its configuration. Write two.";
}
