import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import { JobPurpose } from "../../../components/index";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import { Problems } from "../../../components/problems";
import { type Cluster, type KubernetesObject, refOf } from "../../../lab/cluster";
import { loadStack } from "../../../stacks/load";
import { asEngine, type Settings } from "../../unit/stacks/badStacks";
import { iamJudge, type Judge } from "../gcs/iam";

/** How a Job ended, and what its containers wrote. */
export interface Ended {
  readonly ok: boolean;
  /** How many pods it took. */
  readonly pods: number;
  readonly log: string;
}

/** Waits for the end of a Job of a namespace, and reads the logs of its pods. */
export async function endOf(cluster: Cluster, namespace: string, name: string): Promise<Ended> {
  const ref = { apiVersion: "batch/v1", kind: "Job", name, namespace };
  const job = await cluster.waitFor(
    ref,
    (object) => {
      const { conditions = [] } = (object?.status ?? {}) as {
        conditions?: { type: string; status: string }[];
      };
      const ended = conditions.some(
        (each) => /^(Complete|Failed)$/.test(each.type) && each.status === "True",
      );
      return ended ? [] : ["its end"];
    },
    { timeout: 420 },
  );
  const { conditions = [] } = (job?.status ?? {}) as { conditions?: { type: string; status: string }[] };
  const pods = await cluster.list("v1", "Pod", { namespace, labelSelector: `job-name=${name}` });
  // One that never began has no log.
  const logs = await Promise.all(
    pods.flatMap(({ metadata, spec }) => {
      const { initContainers = [], containers = [] } = spec as Record<string, readonly { name: string }[]>;
      return [...initContainers, ...containers].map(({ name: container }) =>
        cluster.kubectl(["logs", "-n", namespace, metadata.name, "-c", container]).catch(() => ""),
      );
    }),
  );
  const ok = conditions.some(({ type, status }) => type === "Complete" && status === "True");
  return { ok, pods: pods.length, log: logs.join("\n") };
}

/**
 * Applies the one Job of a purpose that a stack has, with its account and what it reads the store with, those from before
 * gone, and waits for its end.
 */
export async function runNow(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  purpose: JobPurpose,
): Promise<Ended> {
  const own = objects.filter(
    ({ metadata: { labels = {} } }) => labels["app.kubernetes.io/component"] === purpose,
  );
  const [job, ...more] = own.filter(({ kind }) => kind === "Job");
  assert(job !== undefined && more.length === 0, "one Job");
  await cluster.remove(refOf(job));
  await cluster.gone(refOf(job));
  const secret = `-${purpose}-s3`;
  const needs = [
    ...own.filter(({ kind }) => kind === "ServiceAccount"),
    ...objects.filter(({ kind, metadata: { name } }) => kind === "Secret" && name.endsWith(secret)),
  ];
  for (const object of needs) await cluster.apply(object);
  await cluster.apply(job);
  return endOf(cluster, job.metadata.namespace ?? "", job.metadata.name);
}

/** What a stack means. */
export function planOf(config: Settings): EnvironmentPlan {
  const problems = new Problems();
  const plan = decideEnvironment(problems, "dev", loadStack("dev", asEngine(config)));
  assert.deepEqual(problems.list, []);
  return plan;
}

/** What IAM would say to the jobs of a purpose, once all that the plan grants is in effect. */
export function judgeOf({ identity }: EnvironmentPlan, purpose: JobPurpose): Judge {
  const suffix = purpose === JobPurpose.Export ? /-export$/ : /-import$/;
  const account = identity.accounts.find(({ tenants }) =>
    tenants.some(({ workload }) => suffix.test(workload.cluster)),
  );
  assert(account !== undefined, `an account for ${purpose}`);
  return iamJudge(identity.grants, `serviceAccount:${account.email}`);
}
