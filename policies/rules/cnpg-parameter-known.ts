import { CLUSTER } from "../core/cluster";
import { isOfficialPostgres, readImage } from "../core/image";
import { majorOf } from "../core/major";
import { Names } from "../core/nearby";
import { type Catalogue, majors, parametersOf } from "../core/parameterCatalogue";
import { catalogueOf, parameterMap } from "../core/parameters";
import { fixedParameters } from "../core/postgres";
import { known, type Resource } from "../core/resource";
import { resourceRule } from "../core/rule";

/** A parameter's name, as CNPG's webhook takes it. */
const form = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;

/** Beginnings of the parameters of extensions that a slip of the pen makes something else of. */
const prefixes = new Names(
  "auth_delay auto_explain pg_failover_slots pg_prewarm pg_stat_statements pg_hint_plan pgaudit plpgsql timescaledb".split(
    " ",
  ),
);

export default resourceRule({
  id: "cnpg-parameter-known",
  title: "Every parameter is one that the Cluster's version of Postgres has.",
  severity: "high",
  tags: ["configuration"],
  why: "CNPG's webhook does not know names of parameters. Postgres does not start with one that it does not have, and a running one goes on with all of its former configuration. A parameter of an extension under a misspelt name is taken, and nobody reads it.",
  remedy: "Write the name as Postgres' documentation of that version has it.",
  url: "https://www.postgresql.org/docs/current/runtime-config.html",
  types: [CLUSTER],
  judge({ resource, report }) {
    const map = parameterMap(resource);
    const major = known(() => majorOf(resource)?.major);
    for (const key of map.knownKeys()) {
      const wrong = fixedParameters.has(key.toLowerCase()) ? undefined : wrongName(resource, key, major);
      if (wrong === undefined) continue;
      const { path } = map.at(key);
      report(path, wrong, wrong.endsWith(" Take it away.") ? [{ path, remove: true }] : []);
    }
  },
});

function wrongName(cluster: Resource, key: string, major: number | undefined): string | undefined {
  if (!form.test(key)) return "is no name of a parameter, and CNPG refuses it.";
  const catalogue = catalogueOf(cluster);
  const facts = catalogue.find(key);
  if (facts?.type === "preset") return "is told by Postgres, and can't be set. Take it away.";
  if (facts !== undefined) return undefined;
  const plain = key.toLowerCase();
  const [prefix = "", name] = plain.split(".");
  if (name !== undefined) {
    const own = catalogue.names.filter((one) => one.startsWith(`${prefix}.`));
    const meant = own.length > 0 ? undefined : prefixes.nearest(prefix);
    if (meant !== undefined) return `is read by no extension. Did you mean ${meant}.${name}?`;
    if (own.length === 0) return undefined;
    return `is none of ${prefix}'s parameters. Did you mean ${new Names(own).nearest(plain) ?? own.join(", ")}?`;
  }
  const postgres = `Postgres${major === undefined ? "" : ` ${major}`}`;
  const others = majors.filter((one) => parametersOf(one).find(key) !== undefined);
  if (others.length > 0) return `is no parameter of ${postgres}, but of ${others.join(", ")}. Take it away.`;
  const near = namesOf(catalogue).nearest(plain);
  if (near !== undefined) return `is no parameter of ${postgres}. Did you mean ${near}?`;
  // Another build of Postgres can have more.
  const image = known(() => cluster.view.text("spec", "imageName"));
  const official = image !== undefined && isOfficialPostgres(readImage(image));
  return official ? `is no parameter of ${postgres}. Take it away.` : undefined;
}

const plainNames = new WeakMap<Catalogue, Names>();

/** The names of Postgres' own parameters, made ready once. */
function namesOf(catalogue: Catalogue): Names {
  const names = plainNames.get(catalogue) ?? new Names(catalogue.names.filter((one) => !one.includes(".")));
  plainNames.set(catalogue, names);
  return names;
}
