import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Setting } from "../../../components/shape";
import { type BadStack, type Settings, settingsOf } from "../../unit/stacks/badStacks";

/** A stack file that nothing is wrong with, as what it changes of a plain one. */
export type Row = Omit<BadStack, "says">;

/** The rows of admissionMatrix.yaml. */
export function matrix(): readonly Row[] {
  return load(readFileSync(join(__dirname, "admissionMatrix.yaml"), "utf8")) as Row[];
}

/** All settings of a row, by full key. */
export function settingsOfRow(row: Row): Settings {
  const { "pulumi-cnpg:backups": backups, ...settings } = settingsOf({ ...row, says: [] });
  if (backups === undefined) return settings;
  const given = Object.entries(backups as Settings).filter(([, value]) => value !== null);
  return { ...settings, "pulumi-cnpg:backups": Object.fromEntries(given) };
}

/**
 * Options that no stack has, and values of choices and flags that none gives: `clusters.<name>.protect=false`.
 *
 * @param stacks settings by full key
 */
export function uncovered(schema: Setting, stacks: readonly Settings[]): string[] {
  const seen = new Set<string>();
  for (const settings of stacks) {
    const own = Object.entries(settings).map(([key, value]) => [key.replace(/^pulumi-cnpg:/, ""), value]);
    note(schema, Object.fromEntries(own), "", seen);
  }
  // A platform is installed by a suite of its own.
  const elsewhere = /^(platform\.|imagePullConfig$)/;
  return wanted(schema, "").filter((option) => !seen.has(option) && !elsewhere.test(option));
}

/** All that is to be seen below a setting. */
function wanted(setting: Setting, path: string): string[] {
  const { kind, fields = {}, of, values = [] } = setting;
  switch (kind) {
    case "group":
      return Object.entries(fields).flatMap(([key, field]) => wanted(field, below(path, key)));
    case "map":
      return of === undefined ? [] : wanted(of, `${path}.<name>`);
    case "list":
      return of === undefined ? [] : wanted(of, `${path}[]`);
    case "choice":
      return values.map((value) => `${path}=${value}`);
    case "flag":
      return [`${path}=true`, `${path}=false`];
    default:
      return [path];
  }
}

/** Notes all that is seen in a value. */
function note({ kind, fields = {}, of }: Setting, value: unknown, path: string, seen: Set<string>): void {
  if (kind === "group") {
    for (const [key, inner] of Object.entries(value as Settings)) {
      const field = fields[key];
      if (field !== undefined) note(field, inner, below(path, key), seen);
    }
  } else if (kind === "map" && of !== undefined) {
    for (const inner of Object.values(value as Settings)) note(of, inner, `${path}.<name>`, seen);
  } else if (kind === "list" && of !== undefined) {
    for (const inner of value as readonly unknown[]) note(of, inner, `${path}[]`, seen);
  } else seen.add(kind === "choice" || kind === "flag" ? `${path}=${value}` : path);
}

function below(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
