import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** A path that can't be read at all. */
export interface Unavailable {
  readonly path: string;
  readonly message: string;
}

/** The files behind some paths. */
export interface Found {
  /** As they are shown: relative to the working directory where they are inside it. */
  readonly files: readonly string[];
  /** Those in languages that are not read here, and may make objects all the same. */
  readonly others: readonly string[];
  /** Whether all of them were named one by one, and no folder. */
  readonly alone: boolean;
  readonly unavailable: readonly Unavailable[];
  readonly notes: readonly string[];
}

const wanted = /\.(?:ya?ml|json)$/i;

/** Languages in which people write manifests besides: of Terraform, of configuration, of templates. */
const otherLanguage =
  /\.(?:tf|tofu|hcl|jsonnet|libsonnet|cue|k|dhall|pkl|tpl|tmpl|gotmpl|j2|jinja2?|erb|mustache|hbs)$/i;

/**
 * Files of some paths, folders with all that is in them, each once and always in the same order. Folders named
 * `node_modules` and those whose names begin with a dot are left out, unless they are asked for by name.
 */
export function findFiles(paths: readonly string[], workingDirectory = process.cwd()): Found {
  const files: string[] = [];
  const others: string[] = [];
  const unavailable: Unavailable[] = [];
  const notes: string[] = [];
  let alone = true;
  const seen = new Set<string>();
  const fail = (path: string, error: unknown) =>
    unavailable.push({ path: shown(path, workingDirectory), message: reasonOf(error) });

  /** The real path and what is there, unless it was here before. */
  const enter = (path: string): { real: string; stats: Stats } | undefined => {
    try {
      const real = realpathSync(path);
      if (seen.has(real)) return undefined;
      seen.add(real);
      return { real, stats: statSync(real) };
    } catch (error) {
      fail(path, error);
      return undefined;
    }
  };
  const walk = (folder: string): void => {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      fail(folder, error);
      return;
    }
    for (const name of names.sort(byCode)) {
      if (name.startsWith(".") || name === "node_modules") continue;
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      // A link that leads nowhere is nothing to read.
      if (stats === undefined) notes.push(`${shown(path, workingDirectory)} leads nowhere.`);
      else if (stats.isDirectory() && enter(path) !== undefined) walk(path);
      else if (stats.isFile() && (wanted.test(name) || otherLanguage.test(name)) && enter(path) !== undefined)
        (wanted.test(name) ? files : others).push(shown(path, workingDirectory));
    }
  };
  for (const path of paths) {
    const absolute = isAbsolute(path) ? path : join(workingDirectory, path);
    const entered = enter(absolute);
    if (entered === undefined) continue;
    if (!entered.stats.isDirectory()) {
      files.push(shown(absolute, workingDirectory));
      if (otherLanguage.test(absolute)) others.push(shown(absolute, workingDirectory));
      continue;
    }
    alone = false;
    const before = files.length;
    walk(absolute);
    if (files.length === before)
      notes.push(`${path} has no files *.yaml, *.yml or *.json that were not read already.`);
  }
  return { files, others, alone, unavailable, notes };
}

/** What went wrong with a file, for people. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES" || code === "EPERM") return "it may not be read by you";
  if (code === "ELOOP") return "its links go round in a circle";
  return message;
}

function shown(path: string, workingDirectory: string): string {
  const inside = relative(workingDirectory, path);
  const outside = inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return (outside ? path : inside).split(sep).join("/");
}

/** The same order on every machine, whatever its language. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
