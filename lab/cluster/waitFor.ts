/**
 * What Pulumi's Kubernetes provider reads from an object's annotations about waiting: `pulumi.com/waitFor`,
 * `pulumi.com/skipAwait` and `pulumi.com/timeoutSeconds`.
 */

import type { KubernetesObject } from "./objects";
import type { Judge } from "./options";

/** One thing that has to hold. */
export type Expectation =
  /** A condition of the status has a state: `condition=Ready`, `condition=Paused=False`. */
  | { readonly kind: "condition"; readonly type: string; readonly status: string }
  /** A field has a value, or is there: `jsonpath={.status.phase}=Running`, `jsonpath={.status.podIP}`. */
  | { readonly kind: "field"; readonly path: readonly string[]; readonly value: string | undefined };

/** What is waited for after an object was created or changed. */
export interface Awaited {
  /** All have to hold; none: there is nothing to wait for. */
  readonly expectations: readonly Expectation[];
  /** Seconds, after which waiting is given up. */
  readonly timeout: number;
}

/** An annotation that can't be understood; the message says what it may be. */
export class WaitForError extends Error {}

const waitForKey = "pulumi.com/waitFor";
const timeoutKey = "pulumi.com/timeoutSeconds";

/** Pulumi's own default, ten minutes. */
const defaultTimeout = 600;

/**
 * What an object's annotations ask to wait for.
 *
 * @param customTimeout seconds of Pulumi's `customTimeouts`, which override the annotation; 0 or undefined: not set
 * @throws WaitForError if an annotation can't be understood
 */
export function awaitedOf(annotations: { readonly [key: string]: string }, customTimeout?: number): Awaited {
  const timeout = customTimeout !== undefined && customTimeout > 0 ? customTimeout : timeoutOf(annotations);
  const value = annotations[waitForKey];
  if (value === undefined || value === "" || annotations["pulumi.com/skipAwait"] === "true")
    return { expectations: [], timeout };
  return { expectations: parseWaitFor(value), timeout };
}

function timeoutOf(annotations: { readonly [key: string]: string }): number {
  const text = annotations[timeoutKey];
  // Like the provider: what is no whole number is passed over, and none gives up at once.
  return text !== undefined && /^[+-]?[0-9]+$/.test(text) ? Math.max(Number(text), 0) : defaultTimeout;
}

/**
 * Reads the value of `pulumi.com/waitFor`: one expectation, or a JSON array of them.
 *
 * @throws WaitForError
 */
export function parseWaitFor(value: string): Expectation[] {
  if (!value.trimStart().startsWith("[")) return [parseExpectation(value)];
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch (error) {
    throw new WaitForError(`${waitForKey}: ${value} is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list) || list.length === 0 || list.some((item) => typeof item !== "string"))
    throw new WaitForError(`${waitForKey}: ${value} has to be text or a JSON array of one text or more`);
  return (list as string[]).map(parseExpectation);
}

function parseExpectation(text: string): Expectation {
  const [, type, status = "True"] = /^condition=([^=\s]+)(?:=([^=\s]+))?$/.exec(text) ?? [];
  // Kubernetes compares both without case (`condition=ready=true` is common), and so does kubectl.
  if (type !== undefined) return { kind: "condition", type, status };
  const [, path, value] = /^jsonpath=\{((?:\.[A-Za-z0-9_-]+)+)\}(?:=([^=]+))?$/s.exec(text) ?? [];
  if (path !== undefined) return { kind: "field", path: path.slice(1).split("."), value };
  throw new WaitForError(
    `${waitForKey}: ${JSON.stringify(text)} has to be condition=TYPE, condition=TYPE=STATUS, jsonpath={.a.b} or ` +
      "jsonpath={.a.b}=VALUE; of jsonpath, this lab knows only names with dots between them",
  );
}

/** What an object still lacks, each as a few words with the controller's own reason; none: all hold. */
export function missingOf(
  object: KubernetesObject | undefined,
  expectations: readonly Expectation[],
): readonly string[] {
  if (object === undefined) return ["its creation"];
  return expectations
    .map((expected) =>
      expected.kind === "condition" ? ofCondition(object, expected) : ofField(object, expected),
    )
    .filter((missing) => missing !== undefined);
}

/** A judge of expectations, for `Cluster.waitFor`. */
export function judgeOf(expectations: readonly Expectation[]): Judge {
  return (object) => missingOf(object, expectations);
}

/** A Job that ended badly. */
export class JobFailedError extends Error {}

/** Reasons of a failed Job that the provider knows; with any other it goes on waiting. */
const knownFailures = ["BackoffLimitExceeded", "DeadlineExceeded"];

/**
 * What Pulumi's provider waits for without being asked: a Job has to end well, and one that failed for one of two reasons is
 * waited for no longer; a Deployment has to be rolled out. Undefined for an object that nothing is awaited of: the provider
 * waits for a Service's endpoints too, and this does not.
 */
export function ownJudgeOf({ kind, apiVersion, metadata }: KubernetesObject): Judge | undefined {
  if (metadata.annotations?.["pulumi.com/skipAwait"] === "true") return undefined;
  if (kind === "Deployment" && apiVersion === "apps/v1") return isRolledOut;
  if (kind !== "Job" || apiVersion !== "batch/v1") return undefined;
  return (object) => {
    const { conditions, startTime } = (object?.status ?? {}) as {
      readonly conditions?: readonly Condition[];
      readonly startTime?: string;
    };
    if (startTime === undefined) return ["its start"];
    const failed = conditions?.find(({ type, status }) => type === "Failed" && status === "True");
    if (failed?.reason !== undefined && knownFailures.includes(failed.reason))
      throw new JobFailedError(`[${failed.reason}] ${failed.message}`);
    return missingOf(object, [{ kind: "condition", type: "Complete", status: "True" }]);
  };
}

/** What a Deployment lacks until its pods are those of its newest template. */
export function isRolledOut(object: KubernetesObject | undefined): string[] {
  const { conditions, observedGeneration } = (object?.status ?? {}) as {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
  };
  const { generation } = (object?.metadata ?? {}) as { readonly generation?: number };
  if (observedGeneration === undefined || observedGeneration < (generation ?? 0))
    return ["its controller's look"];
  const of = (wanted: string) => conditions?.find(({ type }) => type === wanted);
  const progressing = of("Progressing");
  return [
    ...(progressing?.status === "True" && progressing.reason === "NewReplicaSetAvailable"
      ? []
      : [`Progressing (${progressing?.message ?? "not said"})`]),
    ...(of("Available")?.status === "True" ? [] : [`Available (${of("Available")?.message ?? "not said"})`]),
  ];
}

/** One of the conditions in a status. */
export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

function ofCondition(
  object: KubernetesObject,
  { type, status }: { readonly type: string; readonly status: string },
): string | undefined {
  const stated = object.status as
    | { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number }
    | undefined;
  const wanted = same(status, "True") ? type : `${type}=${status}`;
  const found = stated?.conditions?.find((condition) => same(condition.type ?? "", type));
  if (found === undefined) return wanted;
  // Like kubectl: what the controller says of an older version of the object says nothing of this one.
  const observed = found.observedGeneration ?? stated?.observedGeneration;
  const { generation } = object.metadata;
  if (observed !== undefined && generation !== undefined && observed < generation)
    return `${wanted} (not yet judged: generation ${observed} of ${generation})`;
  if (same(found.status ?? "", status)) return undefined;
  const why = [found.message, found.reason].find((text) => text !== undefined && text !== "");
  return why === undefined ? wanted : `${wanted} (${why})`;
}

function ofField(
  object: KubernetesObject,
  { path, value }: { readonly path: readonly string[]; readonly value: string | undefined },
): string | undefined {
  const found = path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined,
    object,
  );
  const name = `.${path.join(".")}`;
  const { observedGeneration: observed } = (object.status ?? {}) as { readonly observedGeneration?: number };
  const { generation } = object.metadata;
  if (observed !== undefined && generation !== undefined && observed < generation)
    return `${name} (not yet judged: generation ${observed} of ${generation})`;
  const absent = found === undefined || found === null;
  if (value === undefined) return absent ? name : undefined;
  const text = absent ? "absent" : typeof found === "object" ? JSON.stringify(found) : String(found);
  return !absent && text === value ? undefined : `${name}=${value} (is ${text})`;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
