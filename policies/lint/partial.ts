import { closeSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Kinds } from "./kinds";

/** Bytes at the beginning of a file that tell whether it may belong to others. */
const BEGINNING = 64 * 1024;

/** Files beside those of one folder that are looked at. */
const MOST = 200;

/**
 * Whether files that were named one by one are a part of what belongs together: others of their folders are kustomizations, or
 * have objects that rules know, and were not named. So it is where pre-commit hands over what a commit changes.
 *
 * @param places absolute paths
 */
export function isPart(places: readonly string[], kinds: Kinds): boolean {
  const named = new Set(places.flatMap((place) => real(place) ?? []));
  return [...new Set([...named].map(dirname))].some((folder) =>
    namesIn(folder)
      .filter((name) => /\.ya?ml$/i.test(name) && !named.has(join(folder, name)))
      .slice(0, MOST)
      .some((name) => /^kustomization\.ya?ml$/.test(name) || mayBelong(join(folder, name), kinds)),
  );
}

function mayBelong(file: string, kinds: Kinds): boolean {
  const text = beginningOf(file);
  return /^kind:/m.test(text) && kinds.mentionedIn(text);
}

function beginningOf(file: string): string {
  const buffer = Buffer.alloc(BEGINNING);
  try {
    const opened = openSync(file, "r");
    try {
      return buffer.toString("latin1", 0, readSync(opened, buffer));
    } finally {
      closeSync(opened);
    }
  } catch {
    // What can't be read tells nothing.
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function real(place: string): string | undefined {
  try {
    return realpathSync(place);
  } catch {
    return undefined;
  }
}
