import * as pulumi from "@pulumi/pulumi";
import {
  clustersOf,
  environmentOf,
  liveArchive,
  PostgresEnvironment,
  PostgresPlatform,
} from "./components/index";
import { asTheyAre, type LookAtCluster } from "./stacks/live";
import { loadAll, sourceStacks } from "./stacks/load";
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
  const { environment: args, platform: wanted } = loadAll(stack, config, sources, {
    former: await asTheyAre(config, own.clusters, look),
    formerPlace: own.environment,
    warn: (text) => void pulumi.log.warn(text),
  });
  const platform = wanted && new PostgresPlatform("platform", wanted);
  const installed = platform && {
    /** Namespace and versions of what was installed. */
    platform: {
      namespace: platform.namespace,
      operatorVersion: platform.operatorVersion,
      pluginVersion: platform.pluginVersion,
    },
  };
  if (args === undefined) return { ...installed };
  const after = platform === undefined ? {} : { dependsOn: [platform] };
  const environment = new PostgresEnvironment(args.environment ?? stack, args, after);
  return {
    ...installed,
    /** Name of the backup bucket. */
    bucket: environment.bucket,
    /** What other stacks and people need to know of each cluster; see ClusterSummary. */
    clusters: clustersOf(environment),
    /** What its objects are named after: the next update refuses to make all of it anew under other names. */
    environment: environmentOf(environment),
  };
}

export = program;
