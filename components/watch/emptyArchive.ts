import { type ArchiveLook, archivesAs, type LookMeans, lookIntoArchive } from "./archivePod";
import { NotSettled } from "./watch";

/**
 * Looks whether the archive of a Cluster is empty, as the account that it has or will have: before it is created, and before a
 * major upgrade begins an archive of its own.
 *
 * @throws NotSettled if it is not, or if that can't be seen
 */
export async function checkEmptyArchive(look: ArchiveLook, means: LookMeans): Promise<void> {
  const { url } = look;
  const live = await archivesAs(means.http, look);
  // One that an update made which was killed: it archives already, or the provider refuses.
  if (live?.length === 0 || live?.includes(look.server)) return;
  means.progress(`looking whether ${url} is empty`);
  const found = await lookIntoArchive(look, means, (why) => cannotLook(look, why));
  if (found !== undefined)
    throw new NotSettled(
      `${url} is not empty (${found}), so ${live === undefined ? forNew : forUpgraded}. If nobody needs what is there, delete that folder`,
    );
}

const forNew =
  "no new Cluster may archive there: it would delete by its own retention what another one left, and could not archive itself. " +
  "Nothing was created. To do: raise the cluster's generation, whose archive has a name of its own; to have the data that are there, " +
  "recover from them (recoverFrom)";

const forUpgraded =
  "the upgraded Cluster may not archive there: WAL and base backups of two histories would lie in one folder. Nothing was changed. To do: an " +
  "earlier upgrade that was undone may have left them; move them to another folder of the bucket to keep them";

const cannotLook = ({ url, namespace, pod }: ArchiveLook, why: string) =>
  new NotSettled(
    `nobody could look whether ${url} is empty: pod ${namespace}/${pod.metadata.name}: ${why}. To do: the pod runs as the cluster's own account, so ` +
      "its archive would most likely fail as well; if its image can't be had here, exports.image names another one with rclone; " +
      "backup.checkArchive: false does without, and then the first one who archived there can lose backups",
  );
