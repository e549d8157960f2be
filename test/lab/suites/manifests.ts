import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { type ClusterSummary, PostgresEnvironment } from "../../../components";
import { loadStack } from "../../../stacks/load";
import { type Recorded, record, settled } from "../../helpers/mocks";
import { asEngine, type Settings } from "../../unit/stacks/badStacks";
import type { KubernetesObject } from "../cluster";

/** All that an environment declares, as its components hand it to the engine. */
export interface Rendered {
  /** The Kubernetes half, in an order in which it can be applied. */
  readonly objects: readonly KubernetesObject[];
  /** Both halves, as they were registered. */
  readonly declared: readonly Recorded[];
  /** The outputs of the environment. */
  readonly bucket: string;
  readonly clusters: Readonly<Record<string, ClusterSummary>>;
}

/** Objects need those before them. */
const order = ["Namespace", "Secret", "ObjectStore", "Cluster", "ScheduledBackup", "Database"];

/**
 * Renders a stack with the components' own declarations, passwords and annotations included.
 *
 * @param config as the engine hands it over
 * @throws InvalidSettings if something is wrong with it
 */
export async function rendered(stack: string, config: Readonly<Record<string, string>>): Promise<Rendered> {
  const args = loadStack(stack, config);
  const { value, resources } = await record(() => new PostgresEnvironment(stack, args));
  return {
    objects: objectsOf(resources),
    declared: resources,
    bucket: await settled(value.bucket),
    clusters: await settled(value.clusters),
  };
}

/** The Kubernetes objects among what was registered. */
export function objectsOf(resources: readonly Recorded[]): KubernetesObject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs }) => inputs as unknown as KubernetesObject)
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** What stands in a stack file, as the engine hands it over. */
export function configOf(path: string): Record<string, string> {
  return asEngine((load(readFileSync(path, "utf8")) as { config: Settings }).config);
}

/** Works on all items, at most so many at a time. */
export async function inFlight<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
