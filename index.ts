import * as pulumi from "@pulumi/pulumi";
import { clustersOf, environmentOf, liveArchive, PostgresEnvironment } from "./components/index";
import { asTheyAre, type LookAtCluster } from "./stacks/live";
import { loadStack, sourceStacks } from "./stacks/load";
import { type ReadStack, readOwn, readReference, readStacks } from "./stacks/read";

/**
 * One stack file in, both halves out. All that is wrong with the file is said at once, before anything is registered.
 *
 * @param read how another stack is read that a cluster is recovered from; an offline run has its own way
 * @param look how a live Cluster is looked at; likewise
 */
async function program(read: ReadStack = readReference, look: LookAtCluster = liveArchive) {
  const stack = pulumi.getStack();
  const config = pulumi.runtime.allConfig();
  const [sources, own] = await Promise.all([readStacks(sourceStacks(config), read), readOwn()]);
  const args = loadStack(stack, config, sources, {
    former: await asTheyAre(config, own.clusters, look),
    formerPlace: own.environment,
    warn: (text) => void pulumi.log.warn(text),
  });
  const environment = new PostgresEnvironment(args.environment ?? stack, args);
  return {
    /** Name of the backup bucket. */
    bucket: environment.bucket,
    /** What other stacks and people need to know of each cluster; see ClusterSummary. */
    clusters: clustersOf(environment),
    /** What its objects are named after: the next update refuses to make all of it anew under other names. */
    environment: environmentOf(environment),
  };
}

export = program;
