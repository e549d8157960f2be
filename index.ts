import * as pulumi from "@pulumi/pulumi";
import { PostgresEnvironment } from "./components";
import { loadStack } from "./stacks/load";

// One stack file in, both halves out. All that is wrong with the file is said at once, before anything is registered.
const stack = pulumi.getStack();
const args = loadStack(stack, pulumi.runtime.allConfig());
const environment = new PostgresEnvironment(args.environment ?? stack, args);

/** Name of the backup bucket. */
export const bucket = environment.bucket;
/** What other stacks and people need to know of each cluster; see ClusterSummary. */
export const clusters = environment.clusters;
