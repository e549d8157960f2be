import * as pulumi from "@pulumi/pulumi";
import { Refused } from "../components/index";
import type { Source, Sources } from "./sources";

/** Reads one stack's output `clusters`. */
export type ReadStack = (name: string) => Promise<Source>;

/** Reads every one of the stacks. */
export async function readStacks(names: readonly string[], read: ReadStack): Promise<Sources> {
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

/**
 * Reads a stack's outputs through the engine: what its last update made, whatever its file says by now.
 *
 * It calls what a StackReference is made of. With the resource itself, a stack that can't be read ends the whole update
 * at once, before anybody could be told what to do.
 */
export async function readReference(name: string): Promise<Source> {
  const outputs = await readOutputs(name);
  return "unavailable" in outputs ? outputs : { clusters: outputs.clusters };
}

async function readOutputs(name: string): Promise<Own | { readonly unavailable: string }> {
  try {
    const answer = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
    const { clusters, environment } = (answer.outputs ?? {}) as Partial<Own>;
    return { clusters, environment };
  } catch (error) {
    return { unavailable: (error as Error).message.replace(/^invocation of \S+ returned an error: /, "") };
  }
}

/** What this stack's own last update said; undefined before the first one, and what older versions of the program did not say. */
export interface Own {
  /** Its output `clusters`, */
  readonly clusters: unknown;
  /** and its output `environment`. */
  readonly environment: unknown;
}

/**
 * The outputs of this stack's own last update.
 *
 * @throws Refused if it can't be read: which generation a cluster is in, and how it began, must not be guessed
 */
export async function readOwn(): Promise<Own> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const own = await readOutputs(name);
  if (!("unavailable" in own)) return own;
  throw new Refused(
    `this stack's own outputs say which generation each cluster is in and how it began, and ${name} can't be read: ${own.unavailable}`,
  );
}
