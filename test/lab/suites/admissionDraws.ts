import fc from "fast-check";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import type { KubernetesObject } from "../../../lab/cluster";
import { loadStack } from "../../../stacks/load";
import { manifestsOf } from "../../helpers/manifestsOf";

type Config = Readonly<Record<string, string>>;

/**
 * Configurations that are the same in every run: `LAB_DRAWS` of them (default 1000), drawn with the seed `LAB_SEED`
 * (default 20251122).
 */
export function draws(arbitrary: fc.Arbitrary<Config>): { seed: number; count: number; configs: Config[] } {
  const [seed, count] = [Number(process.env.LAB_SEED || 20251122), Number(process.env.LAB_DRAWS || 1000)];
  return { seed, count, configs: fc.sample(arbitrary, { numRuns: count, seed }) };
}

/** The same configuration with in-tree backups, images that carry what those need, and no setting that they lack. */
export function inTree(config: Config): Config {
  const read = (text: string | undefined) =>
    JSON.parse(text ?? "{}", (key, value) => (key === "dataRestoreArgs" ? undefined : value)) as object;
  const clusters = config["pulumi-cnpg:clusters"]?.replaceAll("-standard-", "-system-");
  return {
    ...config,
    "pulumi-cnpg:backups": JSON.stringify({ ...read(config["pulumi-cnpg:backups"]), method: "inTree" }),
    "pulumi-cnpg:clusters": JSON.stringify(read(clusters)),
  };
}

/** An object to ask about, and the configuration that it is from. */
export interface Drawn {
  readonly object: KubernetesObject;
  readonly config: Config;
}

/**
 * Objects of configurations, each content once: what differs in nothing but the names of its cluster is the
 * same content, since those are judged with the Cluster itself.
 */
export function drawnObjects(configs: readonly Config[]): { objects: Drawn[]; total: number } {
  const unlike = new Map<string, Drawn>();
  let total = 0;
  for (const config of configs) {
    const plan = decideEnvironment(new Problems(), "test", loadStack("test", config));
    for (const object of manifestsOf(plan) as unknown as KubernetesObject[]) {
      total += 1;
      unlike.set(contentOf(object), { object, config });
    }
  }
  return { objects: [...unlike.values()], total };
}

function contentOf(object: KubernetesObject): string {
  if (object.kind === "Cluster") return JSON.stringify(object);
  const { kind, metadata, spec } = object;
  // An account's content is its name.
  if (spec === undefined) return kind;
  const { cluster, ...rest } = spec as { readonly cluster?: unknown; readonly [field: string]: unknown };
  const { "app.kubernetes.io/name": name = "", ...labels } = metadata.labels ?? {};
  const text = JSON.stringify({ kind, labels, rest });
  // Poolers are told apart by their names, and certificates have names of Services.
  if (kind === "Pooler" || kind === "Certificate")
    return text.replaceAll(`${name}-`, "").replaceAll(`.${metadata.namespace}`, "");
  if (object.apiVersion !== "batch/v1") return text;
  // To the API server the values of variables are all alike; names of a cluster are all over a Job.
  const withoutEnv = JSON.stringify(rest, (key, value) => (key === "env" ? undefined : value));
  return JSON.stringify({ kind, labels }) + withoutEnv.replaceAll(name, "");
}
