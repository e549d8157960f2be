/** A small Kubernetes client for tests and for runs against a lab. */
export type { Access, Answer, Cause, Question } from "../../components/apiServer";
export { ClusterError, isNotFound, isPassing } from "../../components/apiServer";
export { Cluster, fieldManager, openCluster, pause } from "./cluster";
export { type KubernetesObject, named, type ObjectMeta, type Ref, refOf } from "./objects";
export type { Applied, ApplyOptions, Judge, ListOptions, WaitOptions } from "./options";
export {
  type Awaited,
  awaitedOf,
  type Expectation,
  isRolledOut,
  JobFailedError,
  judgeOf,
  missingOf,
  ownJudgeOf,
  parseWaitFor,
  WaitForError,
} from "./waitFor";
