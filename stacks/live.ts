import { formerLife } from "./formerLife";
import { ownSettings } from "./load";

/** Server names under which a live Cluster archives; undefined where there is none, or where nobody can look. */
export type LookAtCluster = (namespace: string, name: string) => Promise<readonly string[] | undefined>;

/**
 * What a stack's last update said of its clusters, with the generation that the live Cluster has where the file asks for a lower
 * one. An update says what it was to make, whether or not it came that far: a new generation that it did not make can be taken back.
 *
 * @param config the stack's settings by full key
 * @param former the stack's own output `clusters`
 */
export async function asTheyAre(
  config: Readonly<Record<string, string>>,
  former: unknown,
  look: LookAtCluster,
): Promise<unknown> {
  if (typeof former !== "object" || former === null) return former;
  const asked = generationsOf(config);
  const entries = Object.entries(former).map(async ([key, said]): Promise<[string, unknown]> => {
    const { generation, kubernetesServiceAccount = "" } = formerLife(former, key) ?? {};
    const wanted = asked.get(key);
    if (generation === undefined || wanted === undefined || wanted >= generation) return [key, said];
    const [namespace = "", name = ""] = kubernetesServiceAccount.split("/");
    const is = generationIn((await look(namespace, name)) ?? [], name);
    return [key, is === undefined || is >= generation ? said : { ...said, generation: is }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The generation that the settings ask for, by cluster; what they are otherwise is judged elsewhere. */
function generationsOf(config: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(ownSettings(config).clusters ?? {}).map(([key, cluster]) => {
      const { generation = 1 } = (cluster ?? {}) as { readonly generation?: unknown };
      return [key, Number(generation)];
    }),
  );
}

/** The number in `orders-db-g2` or `orders-db-g2-pg18`; undefined if no name is of that kind, or several are. */
function generationIn(names: readonly string[], cluster: string): number | undefined {
  const [only, ...more] = names;
  if (only === undefined || more.length > 0 || !only.startsWith(`${cluster}-g`)) return undefined;
  const [, digits] = /^(\d+)(?:-pg\d+)?$/.exec(only.slice(cluster.length + 2)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
