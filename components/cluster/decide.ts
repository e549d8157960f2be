import type { BackupMethod, BackupSettings } from "../backup/args";
import { archiveServerName, type BackupPlan, decideBackup } from "../backup/decide";
import { decideManualBackups, type ManualBackup } from "../backup/manual";
import { checkBackupSettings } from "../backup/settings";
import { Check } from "../check";
import type { ClusterSpec } from "../crds/types";
import { type DatabasesPlan, decideDatabases } from "../database/decide";
import type { DumpsPlan, ExportContext } from "../export/decide";
import { decideDumps } from "../export/dumps";
import { Workload } from "../identity/workload";
import type { PlannedObject } from "../objects";
import type { Problems } from "../problems";
import { Profile, type ProfileDefaults, profiles } from "../profiles";
import { decideRecovery, type RecoveryPlan } from "../recovery/decide";
import { clusterName, labelValue, namespaceName, objectName, parseWait } from "../units";
import type { ClusterArgs } from "./args";
import { checkImage } from "./image";
import { decideSizing, type Sizing } from "./sizing";
import { renderClusterSpec } from "./spec";

/** What a cluster is told by its environment, or by the program that uses the component alone. */
export interface ClusterContext {
  readonly name: string;
  readonly profile: Profile;
  readonly method: BackupMethod;
  /** Bucket that backups go to. */
  readonly bucket: string | undefined;
  /** Default folder in it. */
  readonly prefix: string;
  readonly gcpServiceAccount: string | undefined;
  /** The environment's backup settings, checked already, which the cluster's own go over. */
  readonly backups: BackupSettings;
  /** Where dumps go, and as whom. */
  readonly dumps: ExportContext;
}

/** Everything that is declared for one cluster, all of it known before anything is registered. */
export interface ClusterPlan {
  readonly workload: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: ClusterSpec;
  readonly backup: BackupPlan | undefined;
  /** Absent for a cluster that begins with initdb. */
  readonly recovery: RecoveryPlan | undefined;
  readonly databases: DatabasesPlan;
  /** Exports and imports; their objects are among {@link objects}. */
  readonly dumps: DumpsPlan;
  /** Backups on demand; their objects are among {@link objects}. */
  readonly manualBackups: readonly ManualBackup[];
  /** What else belongs to it, in the order in which it is made. */
  readonly objects: readonly PlannedObject[];
  readonly sizing: Sizing;
  readonly generation: number;
  readonly createNamespace: boolean;
  readonly protect: boolean;
  /** Seconds to wait for readiness; 0 is not at all. */
  readonly waitSeconds: number;
}

/** The operator that the types and defaults here were made for. */
export const defaultOperatorVersion = "1.30.0";

/**
 * Decides everything about one cluster and reports every problem under `path`.
 *
 * @returns the plan, complete only if no problem was reported.
 */
export function decideCluster(
  problems: Problems,
  path: string,
  context: ClusterContext,
  args: ClusterArgs,
): ClusterPlan {
  const check = new Check(problems, path);
  const defaults = profiles[context.profile];
  const name = args.name ?? context.name;
  check.parse("name", name, clusterName);
  check.parse("namespace", args.namespace, namespaceName);
  const generation = check.integer("generation", args.generation ?? 1, 1, 9999) ?? 1;
  const instances = decideInstances(check, args, context.profile, defaults);
  const major = checkImage(check, args, context.method, backupsEnabled(args));
  checkPlacement(check, args);
  checkLabels(check, args.labels);
  for (const [key, storageClass] of [
    ["storage.storageClass", args.storage?.storageClass],
    ["walStorage.storageClass", args.walStorage?.storageClass],
  ] as const) {
    check.parse(key, storageClass, objectName);
  }

  const sizing = decideSizing(check, args, defaults);
  const databases = decideDatabases(check, name, args.databases, args.initdb, args.recoverFrom);
  const backup = decideOwnBackup(check, context, args, name, generation, defaults);
  const recovery = decideOwnRecovery(check, context, args, { name, generation, major, databases, backup });
  const workload = new Workload(args.namespace, name);
  const dumps = decideDumps(check, { workload, databases, major, generation, context: context.dumps }, args);
  const manualBackups = decideManualBackups(
    check.at("backup").at("manual"),
    name,
    args.backup?.manual,
    backup,
  );
  const waitSeconds =
    check.parse("wait.timeout", args.wait?.timeout ?? "15m", (text) => parseWait(text, 6 * 3600)) ?? 0;
  return {
    workload,
    labels: {
      "app.kubernetes.io/name": name.slice(0, 63),
      "app.kubernetes.io/component": "database",
      "app.kubernetes.io/part-of": "databases",
      ...args.labels,
    },
    spec: renderClusterSpec({
      args,
      defaults,
      instances,
      sizing,
      databases,
      recovery: recovery?.clusterSpec,
      backup: backup?.clusterSpec ?? {},
      gcpServiceAccount: backup === undefined ? undefined : context.gcpServiceAccount,
    }),
    backup,
    recovery,
    databases,
    dumps,
    manualBackups,
    objects: [...manualBackups.map(({ object }) => object), ...dumps.objects],
    sizing,
    generation,
    createNamespace: args.createNamespace ?? true,
    protect: args.protect ?? defaults.protect,
    waitSeconds: (args.wait?.enabled ?? true) ? waitSeconds : 0,
  };
}

function backupsEnabled(args: ClusterArgs): boolean {
  return args.backup?.enabled ?? true;
}

function decideInstances(
  check: Check,
  args: ClusterArgs,
  profile: Profile,
  defaults: ProfileDefaults,
): number {
  const instances =
    check.integer("instances", args.instances ?? defaults.instances, 1, 99) ?? defaults.instances;
  if (profile === Profile.Prod) {
    check.require(
      instances > 1,
      "instances",
      instances,
      "2 or more with profile prod: one instance has nothing to fail over to",
    );
  }
  if (instances === 1) {
    const supervised = args.primaryUpdateStrategy === "supervised";
    check.require(
      !supervised,
      "primaryUpdateStrategy",
      args.primaryUpdateStrategy,
      "unsupervised with one instance: there is no replica to switch to",
    );
  }
  if (args.synchronous !== undefined) {
    const most = instances - 1;
    check.require(
      most > 0,
      "synchronous",
      args.synchronous,
      "left out with one instance: there is no replica to wait for",
    );
    if (most > 0) check.integer("synchronous.number", args.synchronous.number, 1, most);
  }
  return instances;
}

function checkPlacement(check: Check, args: ClusterArgs): void {
  const placement = args.placement;
  if (placement === undefined) return;
  for (const [key, value] of Object.entries(placement.nodeSelector ?? {})) {
    check.require(
      labelKey.test(key),
      `placement.nodeSelector.${key}`,
      key,
      "a label key such as cloud.google.com/gke-nodepool",
    );
    check.parse(`placement.nodeSelector.${key}`, value, labelValue);
  }
  placement.tolerations?.forEach(({ key, value }, i) => {
    check.require(
      labelKey.test(key),
      `placement.tolerations[${i}].key`,
      key,
      "the key of a taint, such as database-node",
    );
    check.parse(`placement.tolerations[${i}].value`, value, labelValue);
  });
  const { topologyKey } = placement;
  check.require(
    topologyKey === undefined || labelKey.test(topologyKey),
    "placement.topologyKey",
    topologyKey,
    "a node label such as topology.kubernetes.io/zone",
  );
}

/** A label key: an optional DNS name of up to 253 characters and a name of up to 63. */
const labelKey =
  /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function checkLabels(check: Check, labels: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check.require(labelKey.test(key), `labels.${key}`, key, "a label key such as team or example.com/team");
    check.require(
      !key.startsWith("cnpg.io/"),
      `labels.${key}`,
      value,
      "left out: CNPG keeps labels under cnpg.io/ for itself",
    );
    check.parse(`labels.${key}`, value, labelValue);
  }
}

function decideOwnBackup(
  check: Check,
  context: ClusterContext,
  args: ClusterArgs,
  name: string,
  generation: number,
  defaults: ProfileDefaults,
): BackupPlan | undefined {
  const backup = args.backup ?? {};
  const at = check.at("backup");
  if (!backupsEnabled(args)) {
    at.require(context.profile !== Profile.Prod, "enabled", false, "true with profile prod");
    at.require(backup.manual === undefined, "manual", backup.manual, "left out without backups");
    return undefined;
  }
  if (context.bucket === undefined) {
    check.fail("bucket", undefined, "a bucket to write to, or backup.enabled: false (in dev)");
    return undefined;
  }
  at.require(
    backup.serverName === undefined || args.generation === undefined,
    "serverName",
    backup.serverName,
    "left out when generation is set, which decides the server name",
  );
  const { enabled: _, prefix, serverName, manual: _manual, ...settings } = backup;
  checkBackupSettings(at, settings, context.method);
  return decideBackup(at, {
    cluster: name,
    serverName: serverName ?? archiveServerName(name, generation),
    bucket: context.bucket,
    prefix: prefix ?? `${context.prefix}/${name}`,
    method: context.method,
    settings: { ...context.backups, ...settings },
    defaults,
  });
}

function decideOwnRecovery(
  check: Check,
  context: ClusterContext,
  args: ClusterArgs,
  known: Pick<ClusterPlan, "generation" | "databases" | "backup"> & {
    name: string;
    major: number | undefined;
  },
): RecoveryPlan | undefined {
  if (args.recoverFrom === undefined) return undefined;
  check.require(
    backupsEnabled(args),
    "backup.enabled",
    false,
    "true with recoverFrom: it is with the identity of its own backups that a clone reads its source",
  );
  return decideRecovery(check.at("recoverFrom"), {
    args: args.recoverFrom,
    cluster: known.name,
    generation: known.generation,
    major: known.major,
    method: context.method,
    own: known.backup?.location,
    settings: { ...context.backups, ...args.backup },
    first: known.databases.first,
  });
}
