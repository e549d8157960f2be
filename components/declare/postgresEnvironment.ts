import * as pulumi from "@pulumi/pulumi";
import type { PostgresEnvironmentArgs } from "../args/environment";
import { decidedEnvironment } from "../environment/decided";
import { type EnvironmentPlace, placeOf } from "../environment/place";
import { type ClusterSummary, summaries } from "../environment/summary";
import type { EnvironmentPlan } from "../plan/environment";
import { type DeclaredCluster, declareCluster } from "./cluster";
import { splitDependsOn } from "./options";
import { declareAll } from "./resources";
import { watchingOf } from "./settled";

/**
 * Both halves of an environment from one description: the bucket whose lifecycle outlasts the backups' retention, the
 * identities that may write there, and the Postgres clusters that do.
 *
 * @example
 * const environment = new PostgresEnvironment("prod", {
 *   project: "acme-prod", region: "europe-west1", profile: "prod",
 *   clusters: {
 *     "orders-db": {
 *       namespace: "orders",
 *       image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
 *       databases: { orders: { extensions: ["vector"] } },
 *     },
 *   },
 * });
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class PostgresEnvironment extends pulumi.ComponentResource {
  /** Name of the backup bucket; empty if no cluster is backed up. */
  public readonly bucket: pulumi.Output<string>;
  /** The clusters by key. */
  declare public readonly clusters: pulumi.Output<{ [key: string]: ClusterSummary }>;

  constructor(name: string, args: PostgresEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = decidedEnvironment(name, args);
    const { dependsOn, rest } = splitDependsOn(opts);
    super("pulumi-cnpg:index:PostgresEnvironment", name, {}, rest);
    const declared = declare(name, args, plan, this, dependsOn);
    const clusters = Object.fromEntries(
      Object.entries(summaries(plan, args)).map(([key, summary]) => [
        key,
        { ...summary, backups: declared.get(key)?.backupIds ?? {} },
      ]),
    );
    clustersByEnvironment.set(this, clusters);
    placeByEnvironment.set(this, placeOf(plan));
    this.bucket = pulumi.output((plan.bucket ?? plan.givenBucket)?.name ?? "");
    // Made for who asks, and not kept in the state a second time: Pulumi walks through each value of it, and of a hundred
    // clusters that took a twentieth of an update.
    let asked: pulumi.Output<{ [key: string]: ClusterSummary }> | undefined;
    const get = () => {
      asked ??= pulumi.output(clusters);
      return asked;
    };
    Object.defineProperty(this, "clusters", { enumerable: true, get });
    this.registerOutputs({ bucket: this.bucket });
  }
}

/** Kept beside the component: a field would become one of its outputs. */
const clustersByEnvironment = new WeakMap<PostgresEnvironment, ClusterOutputs>();

const placeByEnvironment = new WeakMap<PostgresEnvironment, EnvironmentPlace>();

/** What an environment's objects are named after, for a program's own outputs: the next update compares. */
export function environmentOf(environment: PostgresEnvironment): EnvironmentPlace | undefined {
  return placeByEnvironment.get(environment);
}

/** What is told of clusters, all of it known but what only an update finds out. */
export interface ClusterOutputs {
  readonly [key: string]: Omit<ClusterSummary, "backups"> & {
    readonly backups: { readonly [name: string]: pulumi.Output<string> };
  };
}

/**
 * What `clusters` of an environment has, for a program's own outputs: in a preview, an Output of which one part is
 * unknown shows nothing at all, and this shows the rest.
 */
export function clustersOf(environment: PostgresEnvironment): ClusterOutputs {
  return clustersByEnvironment.get(environment) ?? {};
}

function declare(
  name: string,
  args: PostgresEnvironmentArgs,
  plan: EnvironmentPlan,
  parent: pulumi.Resource,
  after: readonly pulumi.Resource[],
): ReadonlyMap<string, DeclaredCluster> {
  const watching = watchingOf(parent, args.kubeconfig);
  const { iamPropagationSeconds, needs } = plan;
  const known = new Map<string, readonly pulumi.Resource[]>();
  declareAll(plan.resources, { name, parent, known, watching, needs, after });
  const clusters = plan.clusters.map(({ key, plan: planned }) => {
    const groups = Object.entries(plan.outer[key] ?? {}).map(
      ([group, keys]) => [group, keys.flatMap((each) => known.get(each) ?? [])] as const,
    );
    const around = { name: `${name}/${key}`, parent, after, known: new Map([...known, ...groups]) };
    return [key, declareCluster(planned, { ...around, watching, needs, iamPropagationSeconds })] as const;
  });
  declareAll(plan.after, { name, parent, known, watching, after });
  return new Map(clusters);
}
