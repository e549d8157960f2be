import { type ContainerStatus, conditionOf, type LiveEvent, type LivePod, type Snapshot } from "./live";
import { reasonInLog } from "./logs";
import { oneLine, type Symptom } from "./symptom";

/** What is certain of an image that a registry doesn't have, or doesn't give; other failures may pass. */
const finalPull =
  /not found|manifest unknown|no such|unauthorized|authentication required|denied|forbidden|invalid reference|no match for platform|couldn't parse image/i;

const pulling = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
]);

const preparing = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);

/**
 * What keeps pods from running.
 *
 * @param changed when the last change was made, in milliseconds; what containers ended of before is none of its effects
 * @param wanted image that instances are to run; undefined if that is not known yet
 */
export function podSymptoms(snapshot: Snapshot, changed: number, wanted: string | undefined): Symptom[] {
  return snapshot.pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((pod) => [
      ...scheduling(pod, snapshot.events),
      ...mounting(pod, snapshot.events),
      ...containers(pod).flatMap((container) => ofContainer(pod, container, snapshot, changed, wanted)),
    ]);
}

/** Failed pods and crashed containers whose logs are worth reading, as `<pod>/<container>`, and whether of the run before. */
export function logsWorthReading(pods: readonly LivePod[]): LogWanted[] {
  return pods.flatMap((pod) =>
    containers(pod).flatMap(({ name, state, lastState, restartCount = 0 }): LogWanted[] => {
      const wanted = { pod: pod.metadata.name, container: name };
      const ended = state?.terminated;
      if (ended !== undefined && ended.exitCode !== 0) return [{ ...wanted, previous: false }];
      const crashed = lastState?.terminated !== undefined && lastState.terminated.exitCode !== 0;
      return crashed && restartCount > 0 ? [{ ...wanted, previous: true }] : [];
    }),
  );
}

/** A container's log. */
export interface LogWanted {
  readonly pod: string;
  readonly container: string;
  /** Whether it is the log of the container's run before the present one. */
  readonly previous: boolean;
}

function containers({ status }: LivePod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function scheduling(pod: LivePod, events: readonly LiveEvent[]): Symptom[] {
  const scheduled = conditionOf(pod.status?.conditions, "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return [];
  const own = events.filter(({ involvedObject }) => involvedObject?.name === pod.metadata.name);
  // Of the cluster autoscaler, and of Karpenter.
  const growing = own.some(({ reason }) => reason === "TriggeredScaleUp" || reason === "Nominated");
  const full = own.some(({ reason }) => reason === "NotTriggerScaleUp");
  return [
    {
      key: `unschedulable ${pod.metadata.name}`,
      text: `${called(pod)}: Unschedulable: ${oneLine(scheduled.message ?? "no node takes it")}`,
      todo: "make room (a node, or smaller resources), or mend what the scheduler names: resources, placement, storageClass",
      certainAfter: growing ? Number.POSITIVE_INFINITY : full ? 20 : 90,
    },
  ];
}

const mountFailures = new Set(["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"]);

function mounting(pod: LivePod, events: readonly LiveEvent[]): Symptom[] {
  if (pod.status?.phase !== "Pending") return [];
  const failed = events
    .filter(({ involvedObject }) => involvedObject?.name === pod.metadata.name)
    .filter(({ type, reason = "" }) => type === "Warning" && mountFailures.has(reason));
  const last = failed.at(-1);
  if (last === undefined) return [];
  return [
    {
      key: `mount ${pod.metadata.name}`,
      text: `${called(pod)}: ${last.reason}: ${oneLine(last.message ?? "")}`,
      certainAfter: 45,
    },
  ];
}

function ofContainer(
  pod: LivePod,
  container: ContainerStatus,
  { logs }: Snapshot,
  changed: number,
  wanted: string | undefined,
): Symptom[] {
  const { name, state, lastState, restartCount = 0 } = container;
  const { reason = "", message = "" } = state?.waiting ?? {};
  const where = `${called(pod)}, container ${name}`;
  const key = `${pod.metadata.name}/${name}`;
  const image = imageOf(pod, name) ?? container.image ?? "";
  if (pulling.has(reason)) return [pullFailure(pod, name, key, { reason, message, image, wanted })];
  if (preparing.has(reason))
    return [
      {
        key: `config ${key}`,
        text: `${where}: ${reason}: ${oneLine(message)}`,
        // What it refers to may come a moment later.
        certainAfter: 20,
      },
    ];
  const log = logs.get(key);
  const ended = state?.terminated;
  if (ended !== undefined && ended.exitCode !== 0) {
    // Pods of Jobs: the Job makes another one, a few times.
    return [{ key: `ended ${key}`, text: `${where}: ${why(ended, log)}`, certainAfter: 90 }];
  }
  const last = lastState?.terminated;
  if (last === undefined || last.exitCode === 0) return [];
  const backingOff = reason === "CrashLoopBackOff";
  if (!backingOff && container.ready === true) return [];
  if (last.finishedAt !== undefined && Date.parse(last.finishedAt) < changed) {
    return [
      {
        key: `before ${key}`,
        text: `${where}: it ended before this change, and the kubelet starts it again at its own pace, within 5 minutes`,
        todo: `kubectl delete pod ${inNamespace(pod)} makes it start at once`,
        certainAfter: Number.POSITIVE_INFINITY,
      },
    ];
  }
  const times = restartCount > 1 ? `, ${restartCount} times` : "";
  return [
    {
      key: `crash ${key}`,
      text: `${where}: ${backingOff ? "CrashLoopBackOff: " : ""}${why(last, log)}${times}`,
      certainAfter: restartCount >= 2 ? 15 : 60,
    },
  ];
}

function pullFailure(
  pod: LivePod,
  container: string,
  key: string,
  found: { reason: string; message: string; image: string; wanted: string | undefined },
): Symptom {
  const { reason, message, image, wanted } = found;
  const where = `${called(pod)}, container ${container}`;
  if (container === "postgres" && wanted !== undefined && image !== "" && image !== wanted)
    return {
      key: `left ${key}`,
      text: `${where}: ${reason}: it is still to run ${image}, from before, and CNPG doesn't replace a pod that never got ready`,
      todo: `kubectl delete pod ${inNamespace(pod)}; CNPG makes it again with ${wanted}. Then run pulumi up again`,
      certainAfter: 10,
    };
  const text = `${where}: ${reason}: ${oneLine(withoutFrames(message) || `image ${image}`)}`;
  return {
    key: `pull ${key}`,
    text: text.includes(image) ? text : `${text} (image ${image})`,
    certainAfter: finalPull.test(message) || reason === "InvalidImageName" ? 5 : 60,
  };
}

/** What the registry said, without what the kubelet and containerd put around it. */
function withoutFrames(message: string): string {
  return message
    .replace(/^Back-off pulling image "[^"]*":? ?/, "")
    .replace(/^ErrImagePull: /, "")
    .replace(/^(rpc error: code = \w+ desc = )?failed to pull and unpack image "[^"]*": /, "");
}

function why(
  { exitCode, reason, message }: { exitCode?: number; reason?: string; message?: string },
  log: string | undefined,
): string {
  const code =
    reason === undefined || reason === "Error"
      ? `ended with exit code ${exitCode}`
      : `${reason} (exit code ${exitCode})`;
  const said = log === undefined ? undefined : reasonInLog(log);
  const text = said ?? (message === undefined || message === "" ? undefined : oneLine(message));
  return text === undefined ? code : `${code}: ${text}`;
}

function imageOf({ spec }: LivePod, name: string): string | undefined {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find((each) => each.name === name)
    ?.image;
}

/** `pod orders/orders-db-1`. */
export function called({ metadata: { namespace, name } }: LivePod): string {
  return `pod ${namespace}/${name}`;
}

function inNamespace({ metadata: { namespace, name } }: LivePod): string {
  return `-n ${namespace} ${name}`;
}
