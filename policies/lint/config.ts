import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Pack, Rule } from "../core/rule";
import { defaultSettings, readSettings, type Settings, SettingsError } from "../core/settings";
import { reasonOf } from "./files";
import { parse, Unreadable } from "./yaml";

/** Name of the file with the settings. */
export const CONFIG_FILE = "cnpg-lint.yaml";

/** A mistake of the one who called: what to change, and no stack. */
export class UsageError extends Error {}

/** What the command line says beside the file. */
export interface Overrides {
  readonly pack?: Pack;
  readonly production?: boolean;
}

/**
 * Settings from a file: the named one, or the nearest {@link CONFIG_FILE} in the working directory or above it.
 *
 * @throws UsageError naming the file and everything that is wrong with it
 */
export function loadSettings(
  named: string | undefined,
  overrides: Overrides,
  rules: readonly Rule[],
  workingDirectory: string,
): Settings {
  const file = named ?? findConfig(workingDirectory);
  if (file === undefined) return { ...defaultSettings(), ...overrides };
  try {
    return { ...readSettings(contentOf(resolve(workingDirectory, file)), rules), ...overrides };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new UsageError(error.problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
}

function findConfig(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

function contentOf(file: string): unknown {
  try {
    const { documents, complaints } = parse(readFileSync(file, "utf8"));
    const [complaint] = complaints;
    if (complaint !== undefined) throw complaint;
    if (documents.length > 1) throw new UsageError(`${file}: one document, not ${documents.length}`);
    return documents[0];
  } catch (error) {
    if (error instanceof Unreadable) {
      const line = error.line === undefined ? "" : `:${error.line + 1}`;
      throw new UsageError(`${file}${line}: ${error.message}`);
    }
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${reasonOf(error)}`);
  }
}
