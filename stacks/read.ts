import * as pulumi from "@pulumi/pulumi";
import type { Source, Sources } from "./sources";

/** Reads one stack's output `clusters`. */
export type ReadStack = (name: string) => Promise<Source>;

/** Reads every one of the stacks. */
export async function readStacks(names: readonly string[], read: ReadStack): Promise<Sources> {
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

/**
 * Reads a stack through the engine. What is read is in the other stack's state: nothing of it is computed here, so that a
 * source that was never updated, or in another way than its file says now, is seen for what it is.
 */
export async function readReference(name: string): Promise<Source> {
  const details = await new pulumi.StackReference(name).getOutputDetails("clusters");
  return { clusters: details.value ?? details.secretValue };
}
