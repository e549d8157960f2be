import type { Asked } from "../../offline/provider";
import {
  awaitedOf,
  ClusterError,
  JobFailedError,
  judgeOf,
  type KubernetesObject,
  named,
  ownJudgeOf,
  type Ref,
  refOf,
} from "../cluster";
import type { LabRun } from "./kubernetes";

/** A wait that came to nothing: what the provider says of it, and the object as it was last seen. */
export class WaitEnded extends Error {
  constructor(
    message: string,
    readonly seen: KubernetesObject,
    /** What was wrong in detail. */
    readonly reasons: readonly string[] = [],
  ) {
    super(message);
  }
}

const timedOut = "timed out waiting for the condition";
const cancelled = "context canceled";

/**
 * The object when all holds that its annotations ask to wait for, or for a Job when it has ended well.
 *
 * @throws WaitEnded
 */
export async function settled(
  { cluster, log, stop }: LabRun,
  asked: Asked,
  object: KubernetesObject,
): Promise<KubernetesObject> {
  const { expectations, timeout } = awaitedOf(annotationsOf(object), asked.timeout);
  const own = expectations.length === 0;
  const judge = own ? ownJudgeOf(object) : judgeOf(expectations);
  if (judge === undefined) return object;
  const { name } = object.metadata;
  let seen = object;
  try {
    await cluster.waitFor(
      refOf(object),
      (now) => {
        seen = now ?? seen;
        return judge(now);
      },
      { timeout, signal: stop.signal, onProgress: (text) => void log.progress(asked.urn, text) },
    );
    void log.progress(asked.urn, `${named(refOf(object))}: all that it waited for has come`);
    return seen;
  } catch (error) {
    if (error instanceof JobFailedError)
      throw new WaitEnded(`Resource '${name}' was created but failed to initialize`, seen, [error.message]);
    if (!(error instanceof ClusterError)) throw error;
    if (error.reason === "Cancelled")
      throw new WaitEnded(own ? `Resource operation was cancelled for "${name}"` : cancelled, seen);
    if (error.reason !== "Timeout") throw error;
    throw new WaitEnded(own ? `'${name}' timed out waiting to be Ready` : timedOut, seen);
  }
}

/** Why an object is not what it should be at a look, without waiting; undefined: it is. Only of a Job is that asked. */
export function unreadiness(object: KubernetesObject): WaitEnded | undefined {
  const judge = object.kind === "Job" ? ownJudgeOf(object) : undefined;
  if (judge === undefined) return undefined;
  const message = `Resource '${object.metadata.name}' was created but failed to initialize`;
  try {
    return judge(object).length === 0 ? undefined : new WaitEnded(message, object);
  } catch (error) {
    if (!(error instanceof JobFailedError)) throw error;
    return new WaitEnded(message, object, [error.message]);
  }
}

/** Kinds whose removal is not waited for where they ask so. */
const removalSkips = ["v1 Namespace", "v1 Pod", "batch/v1 Job", "apps/v1 Deployment", "apps/v1 StatefulSet"];

/**
 * Waits until an object is gone whose removal was asked for.
 *
 * @throws WaitEnded
 */
export async function gone(
  { cluster, log, stop }: LabRun,
  ref: Ref,
  asked: Asked,
  object: KubernetesObject,
): Promise<void> {
  const annotations = annotationsOf(object);
  if (
    annotations["pulumi.com/skipAwait"] === "true" &&
    removalSkips.includes(`${ref.apiVersion} ${ref.kind}`)
  )
    return;
  try {
    await cluster.gone(ref, {
      timeout: awaitedOf({ ...annotations, "pulumi.com/waitFor": "" }, asked.timeout).timeout,
      signal: stop.signal,
      onProgress: (text) => void log.progress(asked.urn, text),
    });
  } catch (error) {
    if (!(error instanceof ClusterError && (error.reason === "Timeout" || error.reason === "Cancelled")))
      throw error;
    const seen = (await cluster.get(ref)) ?? object;
    const finalizers = (seen.metadata.finalizers ?? []) as readonly string[];
    await log.warn(
      asked.urn,
      `${named(ref)}: finalizers might be preventing deletion (${finalizers.join(", ")})`,
    );
    throw new WaitEnded(error.reason === "Timeout" ? timedOut : cancelled, seen);
  }
}

/** Annotations of an object. */
export function annotationsOf({ metadata }: KubernetesObject): { readonly [key: string]: string } {
  return metadata?.annotations ?? {};
}
