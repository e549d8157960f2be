import {
  type ClusterArgs,
  examineEnvironment,
  examinePlatform,
  expected,
  keepDecided,
  kindOf,
  nearest,
  notShown,
  type Path,
  type PostgresEnvironmentArgs,
  type PostgresPlatformArgs,
  Problems,
  readSetting,
  readsS3,
  type Setting,
  soundsSecret,
  standsElsewhere,
  writtenPath,
} from "../components/index";
import { formerLife } from "./formerLife";
import { atFormerPlace, checkSame, withFormerWorkers } from "./formerStack";
import { isSecretSetting, keysIn } from "./keys";
import { stackSchema } from "./schema";
import type { StackCluster, StackKeys, StackSettings } from "./settings";
import { namedStacks, resolve, type Sources, type Surroundings } from "./sources";

/** Pulumi's namespace for what a project's own settings are called. */
const namespace = "pulumi-cnpg:";

/** What a stack's own last update said, and who is told what a person has to know. */
export interface Own extends Pick<Surroundings, "former" | "warn"> {
  /** Its output `environment`; undefined before the first update, or if it did not say. */
  readonly formerPlace?: unknown;
}

/** What a stack file asks for: one of the two at least. */
export interface LoadedStack {
  readonly platform: PostgresPlatformArgs | undefined;
  readonly environment: PostgresEnvironmentArgs | undefined;
}

/**
 * Reads a stack's configuration, as the engine hands it over, into what a platform and an environment take. Without clusters, one that
 * installs the platform has no environment.
 *
 * Shape and meaning are checked in one go: what is wrong in shape is taken out, and the rest is still
 * decided upon, so that one run names every problem.
 *
 * @param stack name of the stack, for the message and as the default environment
 * @param config all settings by full key (`gcp:project`, `pulumi-cnpg:clusters`, …); structured ones as JSON
 * @param sources what the stacks that {@link sourceStacks} names say of themselves
 * @param own what this stack's last update said of its clusters, and who is told what a person has to know
 * @throws InvalidSettings with every problem, before anything is registered
 */
export function loadAll(
  stack: string,
  config: Readonly<Record<string, string>>,
  sources: Sources = new Map(),
  own: Own = { former: undefined, warn: () => {} },
): LoadedStack {
  const raw = ownSettings(config);
  if (raw.platform !== undefined && raw.clusters === undefined) return loadAlone(stack, config, raw);
  const problems = new Problems();
  checkNamespaces(problems, config);
  const archive = kindOf(raw.backups ?? {});
  const google = archive === "gcs";
  const project = config["gcp:project"];
  const region = config["gcp:region"];
  const or = "; or backups.s3, for backups in an S3-compatible store";
  if (google && !project)
    problems.add("gcp:project", project, `the id of a Google Cloud project, such as acme-dev${or}`);
  if (google && !region) problems.add("gcp:region", region, `a region such as europe-west1${or}`);

  const whole = readSettings(problems, raw);
  const platform = checkedPlatform(problems, raw, whole);
  const { platform: _, imagePullConfig: __, ...read } = whole;
  const settings = Object.fromEntries(
    Object.entries(read).filter(([name]) => !isSecretSetting(name)),
  ) as Omit<StackSettings, keyof StackKeys>;
  const { s3SourceKeys, ...keys } = keysIn(read);
  const surroundings = { ...own, profile: settings.profile, sources, archive };
  const clusters = Object.fromEntries(
    Object.entries(settings.clusters).map(([key, cluster]) => {
      const was = formerLife(own.former, key);
      const resolved = resolve(problems, key, cluster, surroundings);
      return [key, withFormerWorkers(atFormerPlace(key, resolved, settings.backups, was), was)];
    }),
  );
  const args: PostgresEnvironmentArgs = {
    ...settings,
    ...keys,
    ...(s3SourceKeys !== undefined && !waitForSource(settings.clusters, clusters) && { s3SourceKeys }),
    clusters,
    ...(google && { project: project || "missing-project", region: region || "region-missing1" }),
  };
  // Where the shape was wrong already, a second complaint about what was put in its place would only confuse.
  const shape = new Set(problems.list.map((problem) => problem.path));
  const examined = examineEnvironment(stack, args);
  for (const problem of examined.problems) {
    if (!covered(problems, problem.path) && !followsFrom(shape, problem.path)) problems.list.push(problem);
  }
  // Where something is wrong, it is not certain who is who.
  if (problems.list.length === 0) checkSame(problems, examined, own);
  problems.throwIfAny(`stack ${stack}`);
  if (examined.plan !== undefined) keepDecided(args, examined.plan);
  return { platform, environment: args };
}

/** The environment of a stack that has clusters: see {@link loadAll}. */
export function loadStack(...given: Parameters<typeof loadAll>): PostgresEnvironmentArgs {
  const { environment } = loadAll(...given);
  if (environment === undefined) throw new Error(`stack ${given[0]} has no clusters`);
  return environment;
}

/** A stack that installs the platform and has no clusters. */
function loadAlone(
  stack: string,
  config: Readonly<Record<string, string>>,
  raw: Record<string, unknown>,
): LoadedStack {
  const problems = new Problems();
  checkNamespaces(problems, config);
  // Clusters are not missing.
  const platform = checkedPlatform(problems, raw, readSettings(problems, { clusters: {}, ...raw }));
  problems.throwIfAny(`stack ${stack}`);
  return { platform, environment: undefined };
}

/** What a stack file says of the platform, and what is wrong with it beside its shape; undefined if it says nothing. */
function checkedPlatform(
  problems: Problems,
  raw: Record<string, unknown>,
  { platform, profile, imagePullConfig }: StackSettings,
): PostgresPlatformArgs | undefined {
  // One without a setting is there all the same, with every default.
  if (raw.platform === undefined) return undefined;
  const args: PostgresPlatformArgs = {
    ...platform,
    ...(profile !== undefined && { profile }),
    ...(imagePullConfig !== undefined && { pullConfig: imagePullConfig }),
  };
  const found = examinePlatform("platform", args);
  problems.list.push(...found.filter(({ path }) => !covered(problems, path)));
  return args;
}

/** Whether keys of a source would stand there for nobody only because the source's stack does not tell of it today. */
function waitForSource(
  settings: Readonly<Record<string, StackCluster>>,
  clusters: Readonly<Record<string, ClusterArgs>>,
): boolean {
  return (
    !Object.values(clusters).some(readsS3) &&
    Object.entries(clusters).some(
      ([key, { recoverFrom, replica }]) =>
        (settings[key]?.recoverFrom?.stack !== undefined && recoverFrom === undefined) ||
        (settings[key]?.replica?.source?.stack !== undefined && replica?.source === undefined),
    )
  );
}

/** Names of the stacks that this one recovers clusters from, to be read before it is loaded. */
export function sourceStacks(config: Readonly<Record<string, string>>): string[] {
  return namedStacks(ownSettings(config).clusters);
}

/** Pulumi leaves alone what stands under a name that nobody asks for: a typo there would be a setting that is not set. */
function checkNamespaces(problems: Problems, config: Readonly<Record<string, string>>): void {
  const own = namespace.slice(0, -1);
  for (const key of Object.keys(config)) {
    const [, before = "", name = ""] = /^([^:]*):(.*)$/.exec(key) ?? [];
    if (before === own || nearest(before.replace(/^cnpg$/i, own), [own]) === undefined) continue;
    problems.add(key, notShown, `There is no ${before}; did you mean ${namespace}${name}?`);
  }
}

/** What stands under `pulumi-cnpg:`, with structured values parsed. */
export function ownSettings(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!key.startsWith(namespace)) continue;
    const name = key.slice(namespace.length);
    own[name] = /^\s*[[{]/.test(value) && !isSecretSetting(name) ? parseJson(value) : value;
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

/** Reports everything that is wrong in shape, and returns the rest. */
function readSettings(problems: Problems, raw: Record<string, unknown>): StackSettings {
  return readSetting(stackSchema, raw, [], (misshape) => {
    const { path, value, setting } = misshape;
    problems.add(writtenPath(path), mayBeSecret(path, setting) ? notShown : value, expected(misshape));
  }) as StackSettings;
}

/**
 * Whether a value that stands in the wrong place or form may be a secret: under a name that sounds like it, or of a server
 * elsewhere, a password that somebody wrote out in place of the Secret that has it.
 */
function mayBeSecret(path: Path, setting: Setting | undefined): boolean {
  const last = path.at(-1);
  const sounds = typeof last === "string" && soundsSecret(last) && !standsElsewhere(last);
  const apart = setting === undefined || ["group", "map", "list"].includes(setting.kind);
  return apart && (sounds || path[2] === "servers");
}

/** Settings of a cluster that are judged by others: when those could not be read, there is nothing to judge them by. */
const judgedBy: Readonly<Record<string, readonly string[]>> = {
  image: ["imageCatalog", "recoverFrom.stack", "recoverFrom.cluster"],
  databases: ["recoverFrom.stack", "recoverFrom.cluster"],
  recoverFrom: ["image", "imageCatalog", "databases", "replica"],
  importFrom: ["image", "imageCatalog", "databases", "servers"],
  baseBackupFrom: ["image", "imageCatalog", "databases", "servers"],
  replica: ["servers", "recoverFrom", "baseBackupFrom", "backup"],
  publications: ["databases", "image", "imageCatalog"],
  subscriptions: ["databases", "servers", "image", "imageCatalog"],
  synchronous: ["instances"],
  primaryUpdateStrategy: ["instances"],
  storage: ["parameters", "walStorage", "initdb"],
  walStorage: ["parameters", "storage", "initdb"],
  resources: ["parameters"],
  parameters: ["initdb", "storage", "walStorage"],
  initdb: ["databases", "recoverFrom", "importFrom", "baseBackupFrom"],
  poolers: ["instances", "databases", "parameters"],
  certificates: ["poolers"],
};

function followsFrom(shape: ReadonlySet<string>, path: string): boolean {
  const wrongAt = (start: RegExp) => [...shape].some((wrong) => start.test(wrong));
  if (/^(gcp:|backups\.|exports\.|s3[A-Z])/.test(path) && wrongAt(/^backups(\.s3\b|$)/)) return true;
  if (/^s3Source/.test(path) && wrongAt(/^clusters\.[^.]+\.recoverFrom\b/)) return true;
  if (/^s3Import/.test(path) && wrongAt(/^clusters\.[^.]+\.importDump\b/)) return true;
  if (/^s3(Ex|Im)port/.test(path) && wrongAt(/^exports(\.s3\b|$)/)) return true;
  const [, cluster, key] = /^(clusters\.[^.]+)\.([^.[]+)/.exec(path) ?? [];
  const judges = key !== undefined && Object.hasOwn(judgedBy, key) ? (judgedBy[key] ?? []) : [];
  return judges.some((judge) => [...shape].some((wrong) => `${wrong}.`.startsWith(`${cluster}.${judge}.`)));
}

function covered(problems: Problems, path: string): boolean {
  return problems.has(path) || problems.list.some((p) => path.startsWith(`${p.path}.`));
}
