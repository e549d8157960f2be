import {
  type ClusterArgs,
  examineEnvironment,
  nearest,
  notShown,
  type PostgresEnvironmentArgs,
  Problems,
  readsS3,
  soundsSecret,
  unknownSetting,
} from "../components/index";
import { formerLife } from "./formerLife";
import { atFormerPlace, checkSame, withFormerWorkers } from "./formerStack";
import type { StackCluster } from "./recoverySchema";
import { keysIn, type StackKeys, secretSettings } from "./s3Schema";
import { type StackSettings, stackSchema } from "./schema";
import { type Path, read, type Setting } from "./shape";
import { namedStacks, resolve, type Sources, type Surroundings } from "./sources";

/** Pulumi's namespace for what a project's own settings are called. */
const namespace = "pulumi-cnpg:";

/** What a stack's own last update said, and who is told what a person has to know. */
export interface Own extends Pick<Surroundings, "former" | "warn"> {
  /** Its output `environment`; undefined before the first update, or if it did not say. */
  readonly formerPlace?: unknown;
}

/**
 * Reads a stack's configuration, as the engine hands it over, into what an environment takes.
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
export function loadStack(
  stack: string,
  config: Readonly<Record<string, string>>,
  sources: Sources = new Map(),
  own: Own = { former: undefined, warn: () => {} },
): PostgresEnvironmentArgs {
  const problems = new Problems();
  const raw = ownSettings(config);
  checkNamespaces(problems, config);
  const google = (raw.backups as { s3?: unknown } | null | undefined)?.s3 === undefined;
  const project = config["gcp:project"];
  const region = config["gcp:region"];
  const or = "; or backups.s3, for backups in an S3-compatible store";
  if (google && !project)
    problems.add("gcp:project", project, `the id of a Google Cloud project, such as acme-dev${or}`);
  if (google && !region) problems.add("gcp:region", region, `a region such as europe-west1${or}`);

  const read = readSettings(problems, raw);
  const settings = Object.fromEntries(Object.entries(read).filter(([name]) => !isSecret(name))) as Omit<
    StackSettings,
    keyof StackKeys
  >;
  const { s3SourceKeys, ...keys } = keysIn(read);
  const surroundings = { ...own, profile: settings.profile, sources, archivesToS3: !google };
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
    own[name] = /^\s*[[{]/.test(value) && !isSecret(name) ? parseJson(value) : value;
  }
  return own;
}

/** Whether a setting holds a key: such a value is text as it stands, and is never printed. */
function isSecret(name: string): boolean {
  return (secretSettings as readonly string[]).includes(name);
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
  return read(stackSchema, raw, [], ({ path, value, setting, known }) => {
    const allowed =
      setting === undefined ? unknownKey(path, known) : allowedFor(setting, value === undefined);
    problems.add(written(path), mayBeSecret(path, setting) ? notShown : value, allowed);
  }) as StackSettings;
}

/**
 * Whether a value that stands in the wrong place or form may be a secret: under a name that sounds like it, or of a server
 * elsewhere, a password that somebody wrote out in place of the Secret that has it.
 */
function mayBeSecret(path: Path, setting: Setting | undefined): boolean {
  const last = path.at(-1);
  const sounds = typeof last === "string" && soundsSecret(last) && !Object.hasOwn(elsewhere, last);
  const apart = setting === undefined || setting.kind === "group";
  return apart && (sounds || path[2] === "servers");
}

/** A path as the components write it: `databases.orders.extensions[0]`. */
function written(path: Path): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
}

/** Settings that are planned, or that people know from a Cluster manifest, and where to turn instead. */
const elsewhere: Readonly<Record<string, string>> = {
  recovery: "called recoverFrom here",
  bootstrap:
    "left out: a cluster begins with initdb, or as recoverFrom, importFrom or baseBackupFrom says; their settings stand under those names",
  externalClusters:
    "left out: where a cluster is recovered from stands under recoverFrom, Postgres servers under servers",
  import: "called importFrom here, beside initdb",
  pg_basebackup: "called baseBackupFrom here",
  connectionParameters: "left out: host, port, user, database and sslMode stand without it",
  dbname: "called database here",
  externalCluster: "called server here, the name of one of servers",
  externalClusterName: "called server here, the name of one of servers",
  publicationName: "called publication here",
  publicationDBName: "called publicationDatabase here",
  objects: "called tables and schemas here",
  recoveryTarget: "called recoverFrom.target here",
  targetTime: "called target.time here",
  targetLSN: "called target.lsn here",
  targetXID: "called target.xid here",
  targetName: "called target.name here",
  targetImmediate: "called target.immediate here",
  targetTLI: "called target.timeline here",
  exclusive: "called inclusive here, and the other way round",
  serviceAccountName:
    "left out: the Barman Cloud plugin only works with the service account that is named after the Cluster",
  imageName: "called image here",
  s3Credentials: "called s3.credentials here",
  endpointURL: "called s3.endpoint here",
  destinationPath: "left out: it is made of bucket and prefix",
  serverCASecret: "called server.caSecret here",
  serverTLSSecret: "called server.secret here",
  clientCASecret: "called client.caSecret here",
  replicationTLSSecret: "called client.secret here",
  pool_mode: "called poolMode here",
  pgbouncer: "left out: what it holds stands here directly, such as poolMode and parameters",
  authQuery: "left out: CNPG makes the role and the function that look passwords up",
  authQuerySecret: "left out: CNPG makes the certificate with which passwords are looked up",
  retentionPolicy: "called backup.retention here",
  superuser:
    "left out: no role is a superuser. What needs one once is an extension or initdb.postInitSQL; a role gets what it needs " +
    "by createdb, createrole or inRoles",
  passwordSecret: "called credentials.secret here",
  databaseRoleReclaimPolicy: "called reclaimPolicy here",
  ensure:
    "left out: a role that is declared is present, and reclaimPolicy says what becomes of one that is taken out",
};

/** The same for settings that mean something else in other places, with what they stand in. */
const elsewhereIn: Readonly<Record<string, string>> = {
  "recoverFrom.backup":
    "called target.backupID here, which is status.backupId of a Backup and not its name: a plugin's Backup can't be recovered from by name",
  "recoverFrom.backupID": "called target.backupID here",
};

function unknownKey(path: Path, known: readonly string[]): string {
  const key = String(path.at(-1));
  const placed = `${String(path.at(-2))}.${key}`;
  if (Object.hasOwn(elsewhereIn, placed)) return elsewhereIn[placed] ?? "";
  if (Object.hasOwn(elsewhere, key)) return elsewhere[key] ?? "";
  return unknownSetting(key, known);
}

function allowedFor(setting: Setting, missing: boolean): string {
  // Of what is not there, a person wants to know what it is for; of what is wrong, first what to write instead.
  if (missing) return setting.about;
  if (setting.kind === "choice") return `one of ${setting.values?.join(", ")}`;
  return `${typeNames[setting.kind]}${setting.about === "" ? "" : `; ${setting.about}`}`;
}

const typeNames: Readonly<Record<Exclude<Setting["kind"], "choice">, string>> = {
  text: "text, in quotes if it looks like a number",
  number: "a number, without quotes",
  flag: "true or false, without quotes",
  scalar: "text, a number, or true or false",
  group: "settings below it",
  map: "names with something below each",
  list: "a list, such as [first, second]",
};

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
