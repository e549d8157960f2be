import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { type ClusterSummary, PostgresEnvironment } from "../../../components/index";
import type { KubernetesObject } from "../../../lab/cluster";
import { stackFiles } from "../../../offline/sources";
import { readProject } from "../../../offline/stackFile";
import { loadStack, sourceStacks } from "../../../stacks/load";
import { readStacks } from "../../../stacks/read";
import type { Sources } from "../../../stacks/sources";
import { type Recorded, record, settled } from "../../helpers/mocks";
import { asEngine, type Settings } from "../../unit/stacks/badStacks";

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

/** Objects need those before them; all others come last. */
const order = [
  ...["Namespace", "Secret", "ServiceAccount", "ConfigMap", "Password", "ExternalSecret", "ObjectStore"],
  ...["Certificate", "Cluster", "ScheduledBackup", "Backup", "Database", "DatabaseRole", "Publication"],
  ...["Subscription", "Role", "RoleBinding", "Job", "CronJob"],
];
const placeOf = ({ kind }: KubernetesObject) => (order.indexOf(kind) + order.length + 1) % (order.length + 1);

/**
 * Renders a stack with the components' own declarations, passwords and annotations included.
 *
 * @param config as the engine hands it over
 * @param sources what other stacks say of themselves
 * @throws InvalidSettings if something is wrong with it
 */
export async function rendered(
  stack: string,
  config: Readonly<Record<string, string>>,
  sources?: Sources,
): Promise<Rendered> {
  const args = loadStack(stack, config, sources);
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
    .sort((a, b) => placeOf(a) - placeOf(b));
}

/** What stands in a stack file, as the engine hands it over. */
export function configOf(path: string): Record<string, string> {
  return asEngine((load(readFileSync(path, "utf8")) as { config: Settings }).config);
}

/** What the stacks say of themselves that a configuration names, by their files. */
export function sourcesFor(config: Readonly<Record<string, string>>): Promise<Sources> {
  const root = join(__dirname, "../../..");
  return readStacks(
    sourceStacks(config),
    stackFiles(root, readProject(root), () => {}),
  );
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
