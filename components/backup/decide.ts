import { BackupMethod, type BackupSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import type { ProfileDefaults } from "../args/profiles";
import { type Check, readOr } from "../check";
import type { ObjectStoreSpec, ScheduledBackupSpec } from "../crds/types";
import { type BackupPlan, barmanPluginName } from "../plan/backup";
import type { Store, StoreAccess } from "../plan/store";
import {
  type CronSchedule,
  longestInterval,
  objectPrefix,
  parseBackupSchedule,
  parseRetention,
  serverName as parseServerName,
} from "../units";
import { ObjectStoreLocation } from "../units/location";
import { argumentsAs, backupArguments, environment } from "./barmanArgs";
import { type Archived, archiveSize, checkStaged, type SidecarNeeds, sidecarResources } from "./sidecar";

/** What {@link decideBackup} starts from; the settings are the cluster's over the environment's. */
export interface BackupBasis {
  readonly cluster: string;
  /** Barman's name for the archive; see {@link archiveServerName}. */
  readonly serverName: string;
  readonly bucket: string;
  readonly store: Store;
  readonly prefix: string;
  readonly method: BackupMethod;
  readonly settings: BackupSettings;
  readonly defaults: ProfileDefaults;
  readonly archived: Archived;
}

/**
 * Barman's name for the archive of this generation of the cluster: `orders-db-g1`, then `orders-db-g2`, …
 *
 * A re-created cluster must not write where its former generation did (CNPG's "Expected empty archive" check), and
 * the first one carries its number too, so that the folder of a cluster and that of a generation never share a name.
 */
export function archiveServerName(cluster: string, generation: number): string {
  return `${cluster}-g${generation}`;
}

/**
 * Decides location, retention and schedule, and renders what the cluster half says of them. The settings have been
 * checked where they were written, see {@link checkBackupSettings}: what is wrong in them is replaced by a default
 * here, so that problems that follow from other settings still show.
 */
export function decideBackup(check: Check, basis: BackupBasis): BackupPlan | undefined {
  const { cluster, settings, method, store } = basis;
  const retention = readOr(parseRetention, settings.retention, basis.defaults.BackupSettings.retention);
  const schedule = readOr(parseBackupSchedule, settings.schedule, defaults.BackupSettings.schedule);
  const prefix = check.parse("prefix", basis.prefix, objectPrefix);
  const server = check.parse("serverName", basis.serverName, parseServerName);
  if (prefix === undefined || server === undefined) return undefined;
  check.require(
    prefix.split("/").at(-1) !== server,
    "prefix",
    prefix,
    `without the server name (${server}) at its end: Barman adds it below the prefix by itself`,
  );

  const location = new ObjectStoreLocation(basis.bucket, prefix, server, store.place);
  const access = store.access(cluster, "backup");
  const storeName = `${cluster}-backup`;
  const env = environment(access.env, settings.env);
  const plugin = method === BackupMethod.Plugin;
  const archive = archiveSize(settings, basis.archived.volume, store.staged);
  const needs: SidecarNeeds = { settings, ...basis.archived, staged: store.staged ? archive : undefined };
  checkStaged(check, needs);
  const stored = configuration(location, access, settings, archive);
  return {
    method,
    location,
    access,
    granted: store.granted,
    retention,
    schedule,
    longestInterval: longestInterval(schedule),
    clusterSpec: plugin
      ? {
          plugins: [
            {
              name: barmanPluginName,
              enabled: true,
              // Without it a missing sidecar would discard WAL and the cluster would stay green (facts: archiver.go).
              isWALArchiver: true,
              parameters: { barmanObjectName: storeName, serverName: location.serverName },
            },
          ],
        }
      : {
          backup: {
            barmanObjectStore: {
              ...stored,
              serverName: location.serverName,
            },
            retentionPolicy: retention.text,
          },
          ...(env.length > 0 && { env }),
        },
    // With the plugin, retention on the Cluster is ignored: only the ObjectStore's is applied.
    objectStore: plugin
      ? {
          name: storeName,
          spec: {
            configuration: {
              ...stored,
              data: {
                ...stored.data,
                ...argumentsAs("restoreAdditionalCommandArgs", settings.dataRestoreArgs),
              },
            },
            retentionPolicy: retention.text,
            instanceSidecarConfiguration: {
              ...(env.length > 0 && { env }),
              resources: sidecarResources(needs),
            },
          },
        }
      : undefined,
    scheduledBackup: { name: storeName, spec: scheduledBackup(cluster, schedule, settings, plugin) },
  };
}

function configuration(
  location: ObjectStoreLocation,
  access: StoreAccess,
  settings: BackupSettings,
  archive: bigint | undefined,
): ObjectStoreSpec["configuration"] & { readonly data: object } {
  const wal = settings.walCompression ?? defaults.BackupSettings.walCompression;
  const data = settings.dataCompression ?? defaults.BackupSettings.dataCompression;
  return {
    destinationPath: location.destinationPath,
    ...access.configuration,
    wal: {
      ...(wal !== "none" && { compression: wal }),
      maxParallel: settings.walParallel ?? defaults.BackupSettings.walParallel,
      ...argumentsAs("archiveAdditionalCommandArgs", settings.walArgs),
      ...argumentsAs("restoreAdditionalCommandArgs", settings.walRestoreArgs),
    },
    data: {
      ...(data !== "none" && { compression: data }),
      jobs: settings.dataJobs ?? defaults.BackupSettings.dataJobs,
      ...argumentsAs("additionalCommandArgs", backupArguments(settings, archive)),
    },
  };
}

function scheduledBackup(
  cluster: string,
  schedule: CronSchedule,
  settings: BackupSettings,
  plugin: boolean,
): ScheduledBackupSpec {
  return {
    cluster: { name: cluster },
    schedule: schedule.text,
    // Deleting the ScheduledBackup deletes its Backup objects; what is in the bucket stays.
    backupOwnerReference: "self",
    immediate: settings.immediate ?? defaults.BackupSettings.immediate,
    suspend: settings.suspend ?? false,
    // The default of both fields is the in-tree method, with which every backup of a plugin cluster would fail.
    ...(plugin
      ? { method: "plugin" as const, pluginConfiguration: { name: barmanPluginName } }
      : { method: "barmanObjectStore" as const }),
  };
}
