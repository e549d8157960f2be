import * as z from "zod";
import { checkEnvironment, type PostgresEnvironmentArgs, Problems } from "../components";
import { type StackSettings, stackSchema } from "./schema";

/** Pulumi's namespace for what a project's own settings are called. */
const namespace = "pulumi-cnpg:";

/**
 * Reads a stack's configuration, as the engine hands it over, into what an environment takes.
 *
 * Shape and meaning are checked in one go: what is wrong in shape is taken out, and the rest is still
 * decided upon, so that one run names every problem.
 *
 * @param stack name of the stack, for the message and as the default environment
 * @param config all settings by full key (`gcp:project`, `pulumi-cnpg:clusters`, …); structured ones as JSON
 * @throws InvalidSettings with every problem, before anything is registered
 */
export function loadStack(stack: string, config: Readonly<Record<string, string>>): PostgresEnvironmentArgs {
  const problems = new Problems();
  const project = config["gcp:project"];
  const region = config["gcp:region"];
  if (!project) problems.add("gcp:project", project, "the id of a Google Cloud project, such as acme-dev");
  if (!region) problems.add("gcp:region", region, "a region such as europe-west1");

  const settings = readSettings(problems, ownSettings(config));
  const args: PostgresEnvironmentArgs = {
    ...settings,
    project: project || "missing-project",
    region: region || "region-missing1",
  };
  // Where the shape was wrong already, a second complaint about what was put in its place would only confuse.
  const shape = new Set(problems.list.map((problem) => problem.path));
  for (const problem of checkEnvironment(stack, args)) {
    if (!covered(problems, problem.path) && !followsFrom(shape, problem.path)) problems.list.push(problem);
  }
  problems.throwIfAny(`stack ${stack}`);
  return args;
}

/** What stands under `pulumi-cnpg:`, with structured values parsed. */
function ownSettings(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith(namespace))
      own[key.slice(namespace.length)] = /^\s*[[{]/.test(value) ? parseJson(value) : value;
  }
  return own;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

type Settings = Omit<PostgresEnvironmentArgs, "project" | "region">;

/** Reports every problem of shape, and returns what is left when they are taken out. */
function readSettings(problems: Problems, raw: Record<string, unknown>): Settings {
  const first = stackSchema.safeParse(raw);
  if (first.success) return first.data satisfies Loose<Settings> as Settings;
  for (const issue of first.error.issues) report(problems, raw, issue);

  const rest = structuredClone(raw);
  // Taking out a wrong value can leave a gap where one is required, which the next round takes out one level up.
  for (let round = 0; round < 8; round++) {
    const again = stackSchema.safeParse(rest);
    if (again.success) return again.data satisfies Loose<Settings> as Settings;
    for (const issue of again.error.issues) takeOut(rest, issue);
  }
  return { profile: "dev", clusters: {} };
}

/** The same type, with `undefined` allowed where a property is optional, as zod has it. */
type Loose<T> = T extends object
  ? { [K in keyof T]: Loose<T[K]> | (Record<string, never> extends Pick<T, K> ? undefined : never) }
  : T;
/** The other direction: every setting of the components can be written in a stack file. */
type Covered = Settings extends Loose<StackSettings> ? true : never;
export const everySettingIsInTheSchema: Covered = true;

type Issue = z.core.$ZodIssue;

function report(problems: Problems, raw: unknown, issue: Issue): void {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = shapeAt(path);
    for (const key of issue.keys) {
      problems.add(written([...issue.path, key]), valueAt(raw, [...path, key]), unknownKey(key, known));
    }
    return;
  }
  const value = valueAt(raw, path);
  problems.add(written(issue.path), value, allowedAt(path, issue, value === undefined));
}

/** A path as the components write it: `databases.orders.extensions[0]`. */
function written(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
}

/** Settings that are planned, or that people know from a Cluster manifest, and where to turn instead. */
const elsewhere: Readonly<Record<string, string>> = {
  recoverFrom: "left out: recovery is not part of this version; a cluster begins with initdb",
  recovery: "left out: recovery is not part of this version; a cluster begins with initdb",
  bootstrap: "left out: a cluster begins with initdb, whose settings stand under initdb",
  serviceAccountName:
    "left out: the Barman Cloud plugin only works with the service account that is named after the Cluster",
  imageName: "called image here",
  retentionPolicy: "called backup.retention here",
};

function unknownKey(key: string, known: readonly string[]): string {
  if (Object.hasOwn(elsewhere, key)) return elsewhere[key] ?? "";
  const near = known.find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2);
  return near === undefined
    ? `There is no such setting; here can stand ${known.join(", ")}`
    : `There is no such setting; did you mean ${near}?`;
}

function allowedAt(path: readonly string[], issue: Issue, missing: boolean): string {
  const description = unwrap(schemaAt(path))?.description;
  // Of what is not there, a person wants to know what it is for; of what is wrong, first what to write instead.
  if (missing && description !== undefined) return description;
  const what = description === undefined ? "" : `; ${description}`;
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return `${typeNames[issue.expected] ?? issue.expected}${what}`;
    case "invalid_union":
      return `text, a number, or true or false${what}`;
    default:
      return `${issue.message}${what}`;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text, in quotes if it looks like a number",
  number: "a number, without quotes",
  boolean: "true or false, without quotes",
  object: "settings below it",
  record: "names with something below each",
  array: "a list, such as [first, second]",
};

/** Takes the place of an issue out of the settings; what is required goes with what holds it. */
function takeOut(settings: Record<string, unknown>, issue: Issue): void {
  const path = issue.path.map(String);
  const doomed = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
  for (const each of doomed) {
    let place = each;
    while (place.length > 0 && !remove(settings, place)) place = place.slice(0, -1);
    if (place.length === 0 && each[0] === "profile") settings.profile = "dev";
    if (each.length === 1 && each[0] === "profile") settings.profile = "dev";
    if (settings.clusters === undefined) settings.clusters = {};
  }
}

function remove(settings: Record<string, unknown>, path: readonly string[]): boolean {
  const holder = valueAt(settings, path.slice(0, -1));
  const key = path.at(-1) ?? "";
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key)) return false;
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete (holder as Record<string, unknown>)[key];
  return true;
}

/** Settings of a cluster that are judged by others: when those could not be read, there is nothing to judge them by. */
const judgedBy: Readonly<Record<string, readonly string[]>> = {
  image: ["imageCatalog"],
  synchronous: ["instances"],
  primaryUpdateStrategy: ["instances"],
  storage: ["parameters", "walStorage", "initdb"],
  walStorage: ["parameters", "storage", "initdb"],
  resources: ["parameters"],
  parameters: ["initdb", "storage", "walStorage"],
  initdb: ["databases"],
};

function followsFrom(shape: ReadonlySet<string>, path: string): boolean {
  const [, cluster, key] = /^(clusters\.[^.]+)\.([^.[]+)/.exec(path) ?? [];
  const judges = (key === undefined ? undefined : judgedBy[key]) ?? [];
  return judges.some((judge) => [...shape].some((wrong) => `${wrong}.`.startsWith(`${cluster}.${judge}.`)));
}

function covered(problems: Problems, path: string): boolean {
  return problems.list.some(
    (p) => p.path === path || path.startsWith(`${p.path}.`) || p.path.startsWith(`${path}.`),
  );
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function schemaAt(path: readonly string[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = stackSchema;
  for (const key of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[key] as z.ZodType | undefined;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType as z.ZodType;
    else if (inner instanceof z.ZodArray) schema = inner.element as z.ZodType;
    else return undefined;
  }
  return schema;
}

function shapeAt(path: readonly string[]): string[] {
  const schema = unwrap(schemaAt(path));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
