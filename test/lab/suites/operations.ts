import assert from "node:assert/strict";
import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import type { Postgres } from "./postgres";

/** Waits until both instances are there. */
export async function bothReady(of: Postgres): Promise<void> {
  await of.until(of.ref, (object) => {
    const { readyInstances, phase } = (object?.status ?? {}) as { readyInstances?: number; phase?: string };
    return readyInstances === 2 && phase === "Cluster in healthy state"
      ? []
      : [`2 ready instances (${readyInstances}: ${phase})`];
  });
}

/** What changes when Postgres or its pod starts again. */
export async function lifeOf(of: Postgres) {
  const pods = (await of.pods()).map(({ metadata, status }) => ({
    name: metadata.name,
    uid: metadata.uid,
    restarts: ((status as { containerStatuses?: { restartCount: number }[] }).containerStatuses ?? []).map(
      ({ restartCount }) => restartCount,
    ),
  }));
  return { pods, started: Number(await of.sql("SELECT extract(epoch FROM pg_postmaster_start_time())")) };
}

/** Whether a pod is ready, and is to stay. */
export function isReady({ status, metadata }: KubernetesObject): boolean {
  const { conditions = [] } = status as { readonly conditions?: readonly { type: string; status: string }[] };
  return (
    metadata.deletionTimestamp === undefined &&
    conditions.some(({ type, status: is }) => type === "Ready" && is === "True")
  );
}

/** The operator's pods, wherever it is installed. */
export function operators(cluster: Cluster): Promise<KubernetesObject[]> {
  return cluster.list("v1", "Pod", { labelSelector: "app.kubernetes.io/name=cloudnative-pg" });
}

/** The pod of the primary. */
export async function primaryOf(cluster: Cluster, of: Postgres): Promise<KubernetesObject> {
  const { currentPrimary = "" } = await of.status();
  return (await cluster.get(of.refTo("Pod", currentPrimary))) ?? assert.fail("no primary");
}
