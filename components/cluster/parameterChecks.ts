import type { Check } from "../check";
import { nearest } from "../nearest";
import { extensionPrefix } from "./extensions";
import { fixedParameters } from "./fixedParameters";
import { type Catalogue, majorsOf, parametersOf } from "./parameterCatalogue";
import { dangerOf } from "./parameterDangers";
import { type ParameterValue, readParameterValue } from "./parameterValue";

/** What parameters are held against. */
export interface ParameterServer {
  /** Undefined where it can't be told; then every major's parameters are taken. */
  readonly major: number | undefined;
  /** Whether the image is CNPG's own: others may be of a Postgres that has parameters of its own. */
  readonly official: boolean;
}

/** A parameter that can be set. */
export interface GivenParameter {
  /** As it was written: the end of its path. */
  readonly given: string;
  readonly text: string;
  /** Undefined where it is not known how to read it. */
  readonly value: ParameterValue | undefined;
}

/** A GUC name, with at most one dot for those of extensions, as CNPG's webhook checks it. */
const parameterName = /^[a-zA-Z_][a-zA-Z0-9_$]*(\.[a-zA-Z_][a-zA-Z0-9_$]*)?$/;

/**
 * Checks names and values of parameters: what Postgres does not know or refuses, what CNPG sets itself, and what is dangerous.
 *
 * @returns those that can be set, under the names that Postgres gives them
 */
export function checkParameters(
  check: Check,
  parameters: Readonly<Record<string, string>> | undefined,
  server: ParameterServer,
): Map<string, GivenParameter> {
  const catalogue = parametersOf(server.major);
  const checked = new Map<string, GivenParameter>();
  for (const [given, text] of Object.entries(parameters ?? {})) {
    if (!parameterName.test(given)) {
      check.fail(given, text, "the name of a Postgres parameter, such as work_mem");
      continue;
    }
    if (/[\r\n]/.test(text)) {
      check.fail(
        given,
        text,
        "one line: Postgres can't read a file of parameters that has a line break in a value",
      );
      continue;
    }
    const facts = catalogue.find(given);
    const name = facts?.name ?? given;
    const wrong = wrongName(given, server, catalogue);
    if (wrong !== undefined) {
      check.fail(given, text, wrong);
      continue;
    }
    const before = checked.get(name);
    if (before !== undefined) {
      check.fail(
        given,
        text,
        `remove it: to Postgres it is the same as ${before.given}, which is set already`,
      );
      continue;
    }
    const read = facts && readParameterValue(facts, text);
    if (read?.ok === false) {
      check.fail(given, text, read.allowed);
      continue;
    }
    const danger = read && dangerOf(name, read.value);
    if (danger !== undefined) check.fail(given, text, danger);
    checked.set(name, { given, text, value: read?.value });
  }
  return checked;
}

/** Why a parameter can't be set at all, whatever its value. */
function wrongName(given: string, server: ParameterServer, catalogue: Catalogue): string | undefined {
  const plain = given.toLowerCase();
  if (plain === "shared_preload_libraries")
    return "remove it: sharedPreloadLibraries has them, and those of known extensions come by themselves";
  if (fixedParameters.has(given))
    return "remove it: CNPG sets this parameter itself and refuses a Cluster that names it";
  if (fixedParameters.has(plain)) return `remove it: to Postgres it is ${plain}, which CNPG sets itself`;
  if (plain.startsWith("cnpg.")) return "remove it: CNPG keeps parameters under cnpg. for itself";
  const facts = catalogue.find(given);
  if (facts?.type === "preset") return "remove it: Postgres tells it, and does not let it be set";
  if (facts !== undefined) return undefined;
  const postgres = `Postgres${server.major === undefined ? "" : ` ${server.major}`}`;
  if (plain.includes(".")) return wrongExtension(plain, catalogue);
  const others = majorsOf(given);
  if (others.length > 0) return `a parameter of ${postgres}: this one is there in ${listed(others)} only`;
  const near = nearest(
    plain,
    catalogue.names.filter((name) => !name.includes(".")),
  );
  if (near !== undefined) return `a parameter of ${postgres}; did you mean ${near}?`;
  // Another build of Postgres can have parameters that nobody here knows.
  return server.official ? `a parameter of ${postgres}; there is none of this name` : undefined;
}

/** What is wrong with a parameter of an extension, which Postgres takes whatever it is called, and nobody reads. */
function wrongExtension(plain: string, catalogue: Catalogue): string | undefined {
  const [prefix = "", name = ""] = plain.split(".");
  const meant = extensionPrefix(prefix);
  if (meant !== undefined) return `a parameter that an extension reads; did you mean ${meant}.${name}?`;
  const own = catalogue.names.filter((known) => known.startsWith(`${prefix}.`));
  if (own.length === 0) return undefined;
  return `a parameter of ${prefix}: ${nearest(plain, own) ?? own.join(", ")}`;
}

function listed(majors: readonly number[]): string {
  const [first, last] = [majors[0], majors.at(-1)];
  return first === last ? `Postgres ${first}` : `Postgres ${first} to ${last}`;
}
