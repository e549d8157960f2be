import type { RecoverFromArgs } from "../args/recovery";
import type { Check } from "../check";
import type { ClusterSpec } from "../crds/types";
import { objectName } from "../units";

type VolumeSnapshots = NonNullable<
  NonNullable<NonNullable<ClusterSpec["bootstrap"]>["recovery"]>["volumeSnapshots"]
>;

const places = ["bucket", "s3", "gcs", "cluster", "objectPrefix", "serverName", "generation"] as const;

/** Whether it begins with snapshots and nothing else: there is no archive to replay WAL from. */
export function snapshotsAlone(args: RecoverFromArgs): boolean {
  return args.volumeSnapshots !== undefined && places.every((place) => args[place] === undefined);
}

/**
 * Checks volume snapshots and renders them; undefined for none. A snapshot of another kind than VolumeSnapshot CNPG would
 * take too, but that is a volume that somebody may still write to.
 */
export function renderSnapshots(
  check: Check,
  args: RecoverFromArgs,
  walVolume: boolean,
): VolumeSnapshots | undefined {
  const { volumeSnapshots: given } = args;
  if (given === undefined) return undefined;
  const at = check.at("volumeSnapshots");
  at.parse("storage", given.storage, objectName);
  at.parse("walStorage", given.walStorage, objectName);
  at.require(
    given.walStorage === undefined || given.walStorage !== given.storage,
    "walStorage",
    given.walStorage,
    "another snapshot than storage: the one of the WAL volume",
  );
  at.require(
    given.walStorage === undefined || walVolume,
    "walStorage",
    given.walStorage,
    "remove it without a WAL volume: set walStorage.enabled of the cluster to true",
  );
  if (snapshotsAlone(args)) {
    for (const key of ["target", "method", "grant"] as const)
      check.require(
        args[key] === undefined,
        key,
        args[key],
        "remove it with volumeSnapshots alone: no archive is read; for one add bucket and serverName, or generation",
      );
  }
  return {
    storage: reference(given.storage),
    ...(given.walStorage !== undefined && { walStorage: reference(given.walStorage) }),
  };
}

const reference = (name: string) => ({ apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name });
