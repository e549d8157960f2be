import { ClusterError, type Http } from "../apiServer";
import { poolerNameLabel } from "../units/labels";
import { type Condition, type Container, conditionOf, type LiveEvent, type LivePod, type Meta } from "./live";
import { changeOf, getObject, list, logsOf, optional, pathOf, sorted } from "./look";
import type { Judgement, LiveObject } from "./objects";
import { podSymptoms } from "./podSymptoms";
import { oneLine, type Symptom } from "./symptom";

/** What the operator makes of a Pooler, with the same name. */
export interface LiveDeployment {
  readonly metadata: Meta;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** What runs of a Pooler. */
export interface PgBouncers {
  /** Milliseconds, by this machine's clock. */
  readonly at: number;
  /** Undefined if it is not there yet. */
  readonly deployment: LiveDeployment | undefined;
  readonly pods: readonly LivePod[];
  /** Looked at only where something is amiss, as are the logs. */
  readonly events: readonly LiveEvent[];
  readonly logs: ReadonlyMap<string, string>;
}

/**
 * Looks at what runs of a Pooler.
 *
 * @returns undefined where Deployments may not be read: then the Pooler's own status has to do
 */
export async function lookAtPgBouncers(
  http: Http,
  pooler: Meta,
  troubled: boolean,
): Promise<PgBouncers | undefined> {
  const { namespace = "", name } = pooler;
  const core = `/api/v1/namespaces/${namespace}`;
  const own = `labelSelector=${encodeURIComponent(`${poolerNameLabel}=${name}`)}`;
  try {
    const at = Date.now();
    const [deployment, pods, events] = await Promise.all([
      getObject<LiveDeployment>(http, pathOf("apps/v1", "deployments", namespace, name)),
      optional(list<LivePod>(http, `${core}/pods?${own}`)),
      troubled ? optional(list<LiveEvent>(http, `${core}/events?limit=500`)) : [],
    ]);
    const logs = troubled ? await logsOf(http, namespace, pods, changeOf(pooler)) : new Map<string, string>();
    return { at, deployment, pods, events: sorted(events), logs };
  } catch (error) {
    if (error instanceof ClusterError && error.status === 403) return undefined;
    throw error;
  }
}

/**
 * What a Pooler still lacks. Its status has a phase that is `active` as soon as its image has a name, and counts pods that were
 * made, whether they run or not, those of before a change among them. So this looks at its Deployment.
 */
export function judgePgBouncers(pooler: LiveObject, seen: PgBouncers): Judgement {
  const { deployment, pods, events, logs, at } = seen;
  const missing = missingOf(pooler, deployment);
  if (missing.length === 0) return { missing, symptoms: [] };
  const nothing = { cluster: undefined, jobs: [], claims: [], secrets: new Map(), instances: new Map() };
  const changed = changeOf(pooler.metadata);
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = deployment?.status ?? {};
  return {
    missing,
    symptoms: [
      ...podSymptoms({ ...nothing, at, pods, events, logs }, changed, undefined),
      ...refused(deployment),
    ],
    serves: availableReplicas > 0 && replicas === updatedReplicas && isOf(pooler, deployment),
  };
}

function missingOf(pooler: LiveObject, deployment: LiveDeployment | undefined): string[] {
  if (deployment === undefined) return ["its Deployment"];
  const { spec = {}, status = {}, metadata } = deployment;
  const wanted = pooler.spec?.instances ?? 1;
  if (!isOf(pooler, deployment) || spec.replicas !== wanted) return ["the operator to change its Deployment"];
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1)) return ["its Deployment to begin"];
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < wanted || availableReplicas < wanted)
    return [`${wanted} ready pods of this change (${Math.min(updatedReplicas, availableReplicas)} are)`];
  return replicas > updatedReplicas ? [`the end of ${replicas - updatedReplicas} former pods`] : [];
}

/** Whether a Deployment has the image that its Pooler is to have. */
function isOf({ spec = {}, status = {} }: LiveObject, deployment: LiveDeployment | undefined): boolean {
  const containers = deployment?.spec?.template?.spec?.containers ?? [];
  const image = containers.find(({ name }) => name === "pgbouncer")?.image;
  return [spec.pgbouncer?.image, status.image].every((one) => one === undefined || one === image);
}

/** A quota or the namespace's pod security refuses the pods. */
function refused(deployment: LiveDeployment | undefined): Symptom[] {
  const failure = conditionOf(deployment?.status?.conditions, "ReplicaFailure");
  if (failure?.status !== "True") return [];
  const text = `${failure.reason ?? "ReplicaFailure"}: ${oneLine(failure.message ?? "its pods are refused")}`;
  return [{ key: "pods refused", text, certainAfter: 20 }];
}
