import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import type { Bucket } from "./bucket";
import { Postgres, small } from "./postgres";

/** Where the clusters of the suite write to. */
export interface Archives {
  readonly cluster: Cluster;
  readonly bucket: string;
  /** URL of the emulator for pods. */
  readonly emulator: string;
  /** URL of a server that answers every call of Cloud Storage's API with an error. */
  readonly refusing: string;
}

/** The four clusters of the suite; nothing of them is applied yet. */
export async function archivingClusters({ cluster, bucket, emulator, refusing }: Archives) {
  const backups = (host: string) => ({
    bucket,
    identity: "perCluster",
    env: { STORAGE_EMULATOR_HOST: host },
  });
  const withPlugin = (stack: string, host: string) =>
    Postgres.of(cluster, stack, {
      backups: { ...backups(host), sidecar: { cpu: "50m" } },
      clusters: { "d-orders": { ...small, namespace: stack } },
    });
  return {
    /** With the plugin. */
    plugin: await withPlugin("d-plugin", emulator),
    /** In-tree, in the same bucket, and the other's name is the beginning of its own. */
    inTree: await Postgres.of(cluster, "d-in-tree", {
      backups: { ...backups(emulator), method: "inTree", existingBucket: true, deleteAge: "30d" },
      clusters: {
        "d-orders-2": { ...small, namespace: "d-in-tree", image: labImage.replace("standard", "system") },
      },
    }),
    /** Its backups are refused. */
    unheard: await withPlugin("d-unheard", refusing),
    /** Of the same name and generation as the first, so at the same place, but in another namespace. */
    twin: await withPlugin("d-twin", emulator),
  };
}

/** A whole second as Kubernetes writes it. */
export function instant(date: Date | undefined): string | undefined {
  return date?.toISOString().replace(".000Z", "Z");
}

/** Status of a ScheduledBackup; times as Kubernetes writes them. */
export interface ScheduleStatus {
  readonly lastCheckTime?: string;
  readonly lastScheduleTime?: string;
  readonly nextScheduleTime?: string;
}

/** The status of a ScheduledBackup; without any field until the operator has seen it. */
export function scheduleOf(object: KubernetesObject | undefined): ScheduleStatus {
  return (object?.status ?? {}) as ScheduleStatus;
}

/** Keys that Barman writes below the folder of a server name. */
export const keyShapes = {
  /** A WAL file; its name is captured. */
  segment: /^wals\/[0-9A-F]{16}\/([0-9A-F]{24})(?:\.gz)?$/,
  /** The label that a base backup leaves in the WAL. */
  label: /^wals\/[0-9A-F]{16}\/[0-9A-F]{24}\.[0-9A-F]{8}\.backup(?:\.gz)?$/,
  history: /^wals\/[0-9A-F]{8}\.history(?:\.gz)?$/,
  backup: /^base\/\d{8}T\d{6}\/(?:backup\.info|data\.tar(?:\.gz)?)$/,
} as const;

/** Names that are in none of the folders, or have a shape that Barman doesn't document. */
export function misplaced(names: readonly string[], folders: readonly string[]): string[] {
  return names.filter((name) => {
    const folder = folders.find((each) => name.startsWith(each));
    if (folder === undefined) return true;
    return !Object.values(keyShapes).some((shape) => shape.test(name.slice(folder.length)));
  });
}

/** Ids of the completed backups of a Postgres, oldest first. */
export async function completedBackups(cluster: Cluster, { namespace, name }: Postgres): Promise<string[]> {
  const backups = await cluster.list("postgresql.cnpg.io/v1", "Backup", { namespace });
  return backups
    .flatMap(({ spec, status }) => {
      const { cluster: of } = spec as { readonly cluster: { readonly name: string } };
      const { phase, backupId } = (status ?? {}) as { readonly phase?: string; readonly backupId?: string };
      return of.name === name && phase === "completed" ? [backupId ?? ""] : [];
    })
    .sort();
}

/**
 * Makes a base backup look as if it had been made some days before it was, by what its `backup.info` says: how Barman
 * tells its age.
 *
 * @returns the first WAL file that it needs
 */
export async function backdate(bucket: Bucket, name: string, days: number): Promise<string> {
  const text = await bucket.read(name);
  const changed = text.replaceAll(
    /^((?:begin|end)_time(?:_iso)?=)(\d{4}-\d{2}-\d{2})/gm,
    (_, field: string, date: string) =>
      `${field}${new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10)}`,
  );
  const [, begin] = /^begin_wal=([0-9A-F]{24})$/m.exec(text) ?? [];
  if (begin === undefined || changed === text) throw new Error(`${name} is no backup.info:\n${text}`);
  await bucket.write(name, changed);
  return begin;
}
