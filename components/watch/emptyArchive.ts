import { perProgram } from "../perProgram";
import {
  type ArchiveLook,
  type ArchiveLooks,
  clusterPath,
  type LookMeans,
  lookIntoArchive,
  looksThrough,
} from "./archivePod";
import { getObject } from "./look";
import type { Watching } from "./settled";
import { NotSettled } from "./watch";

/**
 * Looks whether a Cluster's archive is empty, before the Cluster is created and as the account that it will have.
 *
 * @throws NotSettled if it is not, or if that can't be seen
 */
export async function checkEmptyArchive(look: ArchiveLook, means: LookMeans): Promise<void> {
  const { url } = look;
  // One that was made by an update which was killed: it archives already, or the provider refuses.
  if ((await getObject(means.http, clusterPath(look))) !== undefined) return;
  means.progress(`looking whether ${url} is empty`);
  const found = await lookIntoArchive(look, means, (why) => cannotLook(look, why));
  if (found !== undefined)
    throw new NotSettled(
      `${url} is not empty (${found}), so no new Cluster may archive there: it would delete by its own retention what another one left, and ` +
        "could not archive itself. Nothing was created. To do: raise the cluster's generation, whose archive has a name of its own; to have the " +
        "data that are there, recover from them (recoverFrom). If nobody needs them, delete that folder",
    );
}

const cannotLook = ({ url, namespace, pod }: ArchiveLook, why: string) =>
  new NotSettled(
    `nobody could look whether ${url} is empty: pod ${namespace}/${pod.metadata.name}: ${why}. To do: the pod runs as the cluster's own account, so ` +
      "its archive would most likely fail as well; if its image can't be had here, exports.image names another one with rclone; " +
      "backup.checkArchive: false does without, and then the first one who archived there can lose backups",
  );

/** The looks at archives of new Clusters, through one connection. */
export function archiveLooks(watching: Watching): ArchiveLooks<ArchiveLook> {
  return looksThrough(all(), watching, {
    stem: "pulumi-cnpg-empty-archive",
    what: ({ url }) => `whether ${url} is empty`,
    check: checkEmptyArchive,
  });
}

const all = perProgram(() => new Map<Watching, ArchiveLooks<ArchiveLook>>());
