/** A small Kubernetes client for tests and for runs against a lab. */
export {
  type Applied,
  type ApplyOptions,
  Cluster,
  fieldManager,
  type Judge,
  type ListOptions,
  openCluster,
  type WaitOptions,
} from "./cluster";
export { type Cause, ClusterError, isNotFound, isPassing } from "./errors";
export type { Answer, Question } from "./http";
export { type KubernetesObject, named, type ObjectMeta, type Ref, refOf } from "./objects";
export type { Access } from "./proxy";
export {
  type Awaited,
  awaitedOf,
  type Expectation,
  judgeOf,
  missingOf,
  ownJudgeOf,
  parseWaitFor,
  WaitForError,
} from "./waitFor";
