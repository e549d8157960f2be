import { type ArchiveLook, archivesAs, type LookMeans, lookIntoArchive } from "./archivePod";
import { NotSettled } from "./watch";

/**
 * Looks whether the archive of a former generation has what a restore in place asks for. Where there is no live Cluster nothing can be
 * lost: the recovery itself says what is missing.
 *
 * @throws NotSettled if it has not, or if that can't be seen
 */
export async function checkRestorable(look: ArchiveLook, means: LookMeans): Promise<void> {
  const { url, namespace, cluster } = look;
  const live = await archivesAs(means.http, look);
  if (live === undefined || live.includes(look.server)) return;
  means.progress(`looking whether ${url} has what ${namespace}/${cluster} is to be restored from`);
  const missing = await lookIntoArchive(look, means, (why) => cannotLook(look, why));
  if (missing !== undefined)
    throw new NotSettled(
      `${url} has not what recoverFrom asks for (${missing}), so the live Cluster ${namespace}/${cluster} stays as it is. To do: another target or ` +
        "generation in recoverFrom; if the WAL of the last minutes is missing, have it archived: SELECT pg_switch_wal() on the primary",
    );
}

const cannotLook = ({ url, namespace, cluster, pod }: ArchiveLook, why: string) =>
  new NotSettled(
    `nobody could look whether ${url} has what recoverFrom asks for: pod ${namespace}/${pod.metadata.name}: ${why}. The live Cluster ` +
      `${namespace}/${cluster} stays as it is. To do: the pod runs as the cluster's own account, so the recovery would most likely fail as well; if its ` +
      "image can't be had here, exports.image names another one with rclone; backup.checkArchive: false does without, and then the live " +
      "Cluster is deleted whatever the archive has",
  );
