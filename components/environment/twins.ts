import { Check } from "../check";
import type { EnvironmentPlan } from "../plan/environment";
import type { PlannedResource } from "../plan/object";
import type { Problems } from "../problems";

/**
 * Checks that no two parts of an environment make one object: the update would fail half way, or the second one would take over
 * what the first one made.
 */
export function checkTwins(problems: Problems, { resources, clusters, after }: EnvironmentPlan): void {
  const check = new Check(problems);
  // Names that meet may be why something of a cluster was refused already.
  const refused = new Set(problems.list.map(({ path }) => /^clusters\.[^.]+/.exec(path)?.[0]));
  const makers = new Map<string, string>();
  const note = (maker: string, { type, inputs }: PlannedResource) => {
    const { name, namespace } = metadataOf(inputs);
    if (!type.startsWith("kubernetes:") || name === undefined) return;
    const called = `${String(inputs.kind)} ${namespace === undefined ? name : `${namespace}/${name}`}`;
    const key = `${type} ${called}`;
    const other = makers.get(key);
    if (other === undefined) makers.set(key, maker);
    else if (!refused.has(maker))
      check.fail(
        maker,
        called,
        other === maker
          ? "another name of a cluster or of a pooler: two of the objects would be called so"
          : `another name: ${other} makes an object that is called so`,
      );
  };
  // Of two of one name it was said already.
  const apart = new Map(clusters.map((each) => [String(each.plan.workload), each]));
  for (const { key, plan } of apart.values())
    for (const resource of plan.resources) note(`clusters.${key}`, resource);
  for (const resource of [...resources, ...after]) note(makerOf(resource, clusters), resource);
}

const metadataOf = ({ metadata }: PlannedResource["inputs"]) =>
  (metadata ?? {}) as { readonly name?: string; readonly namespace?: string };

/** The cluster whose name a resource of the environment has, else the environment. */
function makerOf({ inputs }: PlannedResource, clusters: EnvironmentPlan["clusters"]): string {
  const { name = "", namespace } = metadataOf(inputs);
  const found = clusters
    .filter(
      ({ plan: { workload } }) => namespace === workload.namespace && name.startsWith(`${workload.cluster}-`),
    )
    .sort((a, b) => b.plan.workload.cluster.length - a.plan.workload.cluster.length)[0];
  return found === undefined ? "clusters" : `clusters.${found.key}`;
}
