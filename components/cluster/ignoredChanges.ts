import { replicaChanges } from "../migration/changes";
import type { UpgradePlan } from "../plan/cluster";
import type { Problem } from "../problems";
import { everybodyElse } from "../recovery/logins";
import { storeHost } from "../units/storePlace";
import { imageChanges, isMajorUpgrade } from "./imageChanges";

/** An object as it came back from the engine: nothing about its shape is certain. */
type Loose = { readonly [key: string]: unknown } | undefined;

/**
 * Changes of a live Cluster that CNPG accepts and then ignores, or that cut its archive in two: they look done and
 * are not (operator 1.30: `validateBootstrapMethod` looks at the new object only, storage class and checksums are
 * read at creation; a new server name has no base backup until the next scheduled one).
 *
 * What CNPG itself refuses (a smaller volume, a removed WAL volume) is left to it.
 *
 * @param upgrade what the cluster's `upgrade` allows
 */
export function ignoredClusterChanges(before: unknown, after: unknown, upgrade?: UpgradePlan): Problem[] {
  const old = loose(before);
  const now = loose(after);
  const problems: Problem[] = [];
  const bornWith = "what it was created with: it counts only when a Cluster is created";
  for (const method of ["initdb", "recovery", "pg_basebackup"]) {
    const [was, is] = [at(old, "bootstrap", method), at(now, "bootstrap", method)];
    if ((was === undefined) !== (is === undefined))
      problems.push({ path: `spec.bootstrap.${method}`, value: is, allowed: bornWith });
    else problems.push(...bootstrapChanges(`spec.bootstrap.${method}`, loose(was), loose(is), bornWith));
  }
  problems.push(...sourceChanges(old, now, bornWith));
  problems.push(...replicaChanges(loose(at(old, "replica")), loose(at(now, "replica")), shutsOut(old, now)));
  for (const volume of ["storage", "walStorage"]) {
    const [was, is] = [at(old, volume, "storageClass"), at(now, volume, "storageClass")];
    if (at(old, volume) !== undefined && at(now, volume) !== undefined && was !== is) {
      problems.push({
        path: `spec.${volume}.storageClass`,
        value: is,
        allowed: `${JSON.stringify(was)}: the volumes that exist keep their class`,
      });
    }
  }
  const [was, is] = [archive(old), archive(now)];
  // From in-tree to the plugin the archive stays, if its server name does; where it lies, the ObjectStore's guard knows.
  const elsewhere = was?.field === is?.field ? was?.place !== is?.place : was?.server !== is?.server;
  const renamed = was?.field === is?.field && was?.folder === is?.folder && was?.server !== is?.server;
  problems.push(...imageChanges(before, after, upgrade, { archives: is !== undefined, renamed }));
  // Another major version archives under another name, and begins with a base backup.
  if (was !== undefined && is !== undefined && elsewhere && !(renamed && isMajorUpgrade(before, after))) {
    problems.push({
      path: is.field,
      value: is.place,
      allowed: `${JSON.stringify(was.place)}: elsewhere there is no base backup yet, and nothing since could be restored${staying(was.path, is.path)}`,
    });
  }
  problems.push(...stuckSwitchover(old, now));
  return problems;
}

/**
 * With a switchover CNPG hands over to a replica that has the plugin's sidecar before the primary has one: that can't archive its
 * last WAL, for which the switchover waits.
 */
function stuckSwitchover(old: Loose, now: Loose): Problem[] {
  const [was, is] = [hasPlugin(old), hasPlugin(now)];
  const many = Number(at(now, "instances") ?? 1) > 1;
  if (old === undefined || was === is || !many || at(now, "primaryUpdateMethod") !== "switchover") return [];
  return [
    {
      path: "spec.primaryUpdateMethod",
      value: "switchover",
      allowed: `restart, in the update with which the Barman Cloud plugin ${is ? "comes" : "goes"}: a switchover gets stuck there. Write switchover again in a later one`,
    },
  ];
}

/** Changes of an ObjectStore that do harm: moving a live archive leaves it without a base backup. */
export function ignoredObjectStoreChanges(before: unknown, after: unknown): Problem[] {
  const [was, is] = [before, after].map((spec) => at(loose(spec), "configuration", "destinationPath"));
  return moved(
    before,
    after,
    `the new place has no base backup yet, and nothing written there could be restored${staying(was, is)}`,
  );
}

/** What to write so that an archive stays where it is in its bucket, also where a default has changed since. */
function staying(was: unknown, is: unknown): string {
  const parts = (path: unknown) => /^(\w+:\/\/[^/]+)\/(.+)$/.exec(String(path)) ?? [];
  const [[, bucket, prefix], [, other]] = [parts(was), parts(is)];
  return was === is || prefix === undefined || bucket !== other
    ? ""
    : `. To leave it there: backup.prefix: ${prefix}, for this cluster`;
}

/** Changes of the ObjectStore that a Cluster was recovered from, which do nothing: nobody looks there again. */
export function ignoredSourceChanges(before: unknown, after: unknown): Problem[] {
  return moved(before, after, "the cluster was recovered from there already, and is not recovered again");
}

function moved(before: unknown, after: unknown, allowed: string): Problem[] {
  return ["destinationPath", "endpointURL"].flatMap((field) => {
    const path = ["configuration", field];
    const [was, is] = [at(loose(before), ...path), at(loose(after), ...path)];
    const same = field === "endpointURL" ? host(was) === host(is) : was === is;
    const value = JSON.stringify(was) ?? "remove it";
    return same ? [] : [{ path: `spec.${path.join(".")}`, value: is, allowed: `${value}: ${allowed}` }];
  });
}

/** Whether a Cluster turns everybody away from now on who is not named in its `pg_hba`, as a clone does. */
function shutsOut(old: Loose, now: Loose): boolean {
  const rejects = (spec: Loose) => {
    const lines = at(spec, "postgresql", "pg_hba");
    return Array.isArray(lines) && lines.includes(everybodyElse);
  };
  return rejects(now) && !rejects(old);
}

/** A server may be reached over TLS from now on, or at another port: it has the same objects. */
const host = (endpoint: unknown) => storeHost(endpoint === undefined ? undefined : String(endpoint));

/** Init SQL may differ: extensions and schemas are in it, and their Database resource applies them to a live cluster. */
const harmless = new Set(["secret", "postInitSQL", "postInitApplicationSQL", "postInitTemplateSQL"]);

function bootstrapChanges(path: string, was: Loose, is: Loose, allowed: string): Problem[] {
  const keys = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  return (
    [...keys]
      // An import that is done may be taken out: nobody reads it again, and its server may be gone.
      .filter((key) => !harmless.has(key) && !(key === "import" && is?.import === undefined))
      .filter((key) => JSON.stringify(was?.[key]) !== JSON.stringify(is?.[key]))
      .map((key) => ({
        path: `${path}.${key}`,
        value: is?.[key],
        allowed: `${JSON.stringify(was?.[key]) ?? "remove it"}: ${allowed}`,
      }))
  );
}

/** Where a recovered Cluster came from: read once, and never again, but by one that takes turns: it follows that archive. */
function sourceChanges(old: Loose, now: Loose, allowed: string): Problem[] {
  if (at(now, "replica", "primary") !== undefined) return [];
  const [was, is] = [source(old), source(now)];
  if (was === undefined || is === undefined || was === is) return [];
  return [{ path: "spec.externalClusters[]", value: is, allowed: `${JSON.stringify(was)}: ${allowed}` }];
}

function source(spec: Loose): string | undefined {
  const name = at(spec, "bootstrap", "recovery", "source");
  const clusters = at(spec, "externalClusters");
  const found = (Array.isArray(clusters) ? clusters : []).map(loose).find((each) => each?.name === name);
  if (name === undefined || found === undefined) return undefined;
  const section = at(found, "barmanObjectStore");
  // How it is read may change, from in-tree to the plugin; where the plugin's store lies, that one's guard knows.
  return String(at(found, "plugin", "parameters", "serverName") ?? at(loose(section), "serverName"));
}

interface Archive {
  readonly field: string;
  readonly server: string;
  /** Where the archives of all server names are. */
  readonly folder: string;
  readonly place: string;
  /** The in-tree section's own path. */
  readonly path?: unknown;
}

function hasPlugin(spec: Loose): boolean {
  return archive(spec)?.field === "spec.plugins[].parameters";
}

/** Store and server name of the plugin that archives, or path and server name of the in-tree section. */
function archive(spec: Loose): Archive | undefined {
  const plugins = at(spec, "plugins");
  const archiver = (Array.isArray(plugins) ? plugins : [])
    .map(loose)
    .find((plugin) => plugin?.isWALArchiver === true);
  if (archiver !== undefined) {
    const server = String(at(archiver, "parameters", "serverName"));
    const store = String(at(archiver, "parameters", "barmanObjectName"));
    return { field: "spec.plugins[].parameters", server, folder: store, place: `${store} as ${server}` };
  }
  const section = loose(at(spec, "backup", "barmanObjectStore"));
  if (section === undefined) return undefined;
  const server = String(section.serverName);
  const folder = `${String(section.destinationPath)}${section.endpointURL === undefined ? "" : ` at ${host(section.endpointURL)}`}`;
  return {
    field: "spec.backup.barmanObjectStore",
    server,
    folder,
    path: section.destinationPath,
    place: `${folder} as ${server}`,
  };
}

function at(value: Loose, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => loose(inner)?.[key], value);
}

function loose(value: unknown): Loose {
  return typeof value === "object" && value !== null ? (value as Loose) : undefined;
}
