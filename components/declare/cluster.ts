import * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan, TimeToLivePlan } from "../plan/cluster";
import { type Around, declareAll } from "./resources";

/** What of a cluster is known only when it was made. */
export interface DeclaredCluster {
  /** How Barman calls each backup on demand, by its name in the stack file. */
  readonly backupIds: { readonly [name: string]: pulumi.Output<string> };
}

/** An object that was declared, with what its controller says of it. */
type Declared = pulumi.Resource & {
  readonly metadata: pulumi.Output<{ readonly creationTimestamp?: string } | undefined>;
  readonly status: pulumi.Output<Readonly<Record<string, unknown>> | undefined>;
};

/**
 * Declares everything of one cluster but its namespace: what `PostgresCluster` does alone, and `PostgresEnvironment` for
 * each of its clusters. An environment has no component for each of them: with a hundred, those were a tenth of a run.
 */
export function declareCluster(plan: ClusterPlan, around: Around): DeclaredCluster {
  declareAll(plan.resources, around);
  const made = (key: string) => around.known.get(key)?.[0] as Declared;
  if (plan.timeToLive !== undefined) warnOfEnd(around.name, made("cluster"), plan.timeToLive);
  const backupIds = plan.manualBackups.map(
    ({ name, object }) =>
      [name, made(object.key).status.apply((found) => String(found?.backupId ?? ""))] as const,
  );
  return { backupIds: Object.fromEntries(backupIds) };
}

/** Says in every update and preview when the cluster will be gone. */
function warnOfEnd(name: string, cluster: Declared, { text, seconds }: TimeToLivePlan): void {
  const again = "Raise its generation for a new one, or take timeToLive out to keep it.";
  cluster.metadata.apply(async (metadata) => {
    const created = Date.parse(metadata?.creationTimestamp ?? "");
    const when = Number.isNaN(created)
      ? `${text} after it is made`
      : `after ${new Date(created + seconds * 1000).toISOString()}`;
    await pulumi.log.warn(
      `${name}: its Cluster and all its data are deleted ${when} (timeToLive ${text}). ${again}`,
    );
  });
}
