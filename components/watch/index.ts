/** Whether what was declared has taken effect, from what runs: the program's own wait in place of the provider's. */

export { advised } from "./advice";
export type { ArchivePod } from "./archivePod";
export { archiveChanges, notingChange } from "./changed";
export { configurations } from "./configurations";
export { archiveLooks } from "./emptyArchive";
export { jobWatches } from "./jobs";
export { liveArchive } from "./liveArchive";
export type { WatchedKind } from "./objects";
export { kubectlVariable, waitVariable } from "./reach";
export { restoreLooks } from "./restorable";
export {
  afterCluster,
  afterSettled,
  type Settled,
  type Watching,
  watchClusterOf,
  watchingOf,
  watchObjectOf,
} from "./settled";
