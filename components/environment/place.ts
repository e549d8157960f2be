import type { PostgresEnvironmentArgs } from "../args/environment";
import type { EnvironmentPlan } from "../plan/environment";
import { type Problem, Problems } from "../problems";
import { hasShape } from "../shape";
import { decideEnvironment } from "./decide";

/** What an environment's objects are named after, and where its own bucket is: with others, all of it would be made anew. */
export interface EnvironmentPlace {
  /** Its name, which that of every resource in Pulumi begins with. */
  name: string;
  /** Google Cloud project; empty where nothing of Google's is declared. */
  project: string;
  /** The bucket of Cloud Storage that it makes; empty if it makes none. */
  bucket: string;
  /** Location of that bucket, such as `EUROPE-WEST1`; empty if it makes none. */
  location: string;
}

/** Who a cluster is: what tells it from every other one, in Kubernetes and in the bucket. */
export interface ClusterIdentity {
  readonly key: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly generation: number;
  /** Whether it begins from a former generation of its own. */
  readonly restores: boolean;
  /** Where it archives; undefined without backups. */
  readonly archive: { readonly destinationPath: string; readonly serverName: string } | undefined;
}

/** An environment's arguments, judged, and who is who in it. */
export interface ExaminedEnvironment {
  readonly problems: readonly Problem[];
  /** What was decided; undefined where the arguments have not the shape for it. */
  readonly plan: EnvironmentPlan | undefined;
  readonly place: EnvironmentPlace;
  readonly clusters: readonly ClusterIdentity[];
}

/** The place of arguments that nothing can be decided of. */
const nowhere: EnvironmentPlace = { name: "", project: "", bucket: "", location: "" };

/** Where a decided environment is. */
export function placeOf({ environment, project, bucket }: EnvironmentPlan): EnvironmentPlace {
  const own = bucket === undefined || bucket.existing ? undefined : bucket;
  return { name: environment, project, bucket: own?.name ?? "", location: own?.location ?? "" };
}

/**
 * Every problem of an environment's arguments, with the paths of the stack file, and who is who in it. Registers nothing.
 *
 * @param name the component's name, which is the default environment
 */
export function examineEnvironment(name: string, args: PostgresEnvironmentArgs): ExaminedEnvironment {
  const problems = new Problems();
  if (!hasShape(problems, "PostgresEnvironment", args))
    return { problems: problems.list, plan: undefined, place: nowhere, clusters: [] };
  const plan = decideEnvironment(problems, name, args);
  const clusters = plan.clusters.map(({ key, plan: { workload, generation, backup, recovery } }) => ({
    key,
    namespace: workload.namespace,
    cluster: workload.cluster,
    generation,
    restores: recovery?.inPlace === true,
    archive: backup?.location,
  }));
  return { problems: problems.list, plan, place: placeOf(plan), clusters };
}

/**
 * Every problem of an environment's arguments, with the paths of the stack file; none for good ones. Registers nothing,
 * so that a check in CI needs no engine.
 *
 * @param name the component's name, which is the default environment
 */
export function checkEnvironment(name: string, args: PostgresEnvironmentArgs): readonly Problem[] {
  return examineEnvironment(name, args).problems;
}
