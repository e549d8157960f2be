import { CLUSTER } from "../core/cluster";
import { mayBeNamed, namesIn } from "../core/nearby";
import { networkPolicyTypes } from "../core/networkFlows";
import { type PolicySelector, selectorsOf } from "../core/networkSelectors";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { clusterIn, type Requirement, requirementsOf } from "../core/selector";
import type { View } from "../core/view";

/** Every value that CNPG gives a label. */
const values: Readonly<Record<string, readonly string[]>> = {
  "cnpg.io/podRole": ["instance", "pooler"],
  "cnpg.io/instanceRole": ["primary", "replica"],
};

/** Labels that no pod has both of, and why. */
const apart = [
  ["cnpg.io/jobRole", "cnpg.io/podRole", "pods of jobs have no cnpg.io/podRole"],
  ["cnpg.io/jobRole", "cnpg.io/instanceRole", "pods of jobs have no cnpg.io/instanceRole"],
  ["cnpg.io/poolerName", "cnpg.io/instanceRole", "poolers have no cnpg.io/instanceRole"],
  ["cnpg.io/poolerName", "cnpg.io/instanceName", "poolers have no cnpg.io/instanceName"],
] as const;

export default stackRule({
  id: "k8s-network-policy-selects",
  title: "A network policy that speaks of CNPG's pods selects some that there are.",
  severity: "high",
  tags: ["network", "security"],
  why: "A policy whose selector no pod meets protects nothing, and a rule whose selector no pod meets allows nothing. Neither is refused, and nobody is told.",
  remedy:
    "Select by cnpg.io/cluster: <name of the Cluster> in the Cluster's own namespace. Leave out what no pod of it has.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: networkPolicyTypes,
  judge({ stack, report, part }) {
    const clusters = namesIn(stack, CLUSTER);
    for (const policy of networkPolicyTypes.flatMap((type) => stack.ofType(type)))
      part(() => {
        for (const selector of selectorsOf(policy))
          part(() => {
            if (selector.of === "namespaces") return;
            const required = requirementsOf(selector.at);
            const nothing = selector.of === "policy" ? "the policy is for none" : "the rule is for none";
            const found = impossible(required);
            if (found !== undefined) {
              const [key, why] = found;
              report(
                policy,
                placeOf(selector.at, key),
                `${why}, so ${nothing}. Write what pods of CNPG have.`,
              );
            } else nameIn(policy, selector, required, nothing);
          });
      });

    function nameIn(
      policy: Resource,
      { at, ownNamespace }: PolicySelector,
      required: readonly Requirement[],
      nothing: string,
    ): void {
      const name = clusterIn(required);
      const { namespace } = policy;
      if (name === undefined || !ownNamespace || namespace === undefined) return;
      const namesakes = stack.allNamed(CLUSTER, name);
      if (namesakes.some((one) => one.namespace === undefined || one.namespace === namespace)) return;
      if (mayBeNamed(stack, CLUSTER, name)) return;
      const where = placeOf(at, "cnpg.io/cluster");
      const here = clusters(namespace);
      const near = here?.nearest(name);
      if (near !== undefined)
        report(
          policy,
          where,
          `there is no Cluster "${name}" in ${namespace}, so ${nothing}. Write "${near}".`,
          "unless elsewhere",
        );
      else if (here !== undefined || namesakes.length > 0) {
        const [other] = namesakes;
        const instead =
          other === undefined
            ? "Check the name"
            : `It is in ${other.namespace}: a selector alone is for pods of the policy's own namespace`;
        report(
          policy,
          where,
          `there is no Cluster "${name}" in ${namespace} here, so ${nothing}. ${instead}.`,
          "advisory",
        );
      }
    }
  },
});

/** The label for which no pod of CNPG can meet requirements, and why. */
function impossible(required: readonly Requirement[]): readonly [string, string] | undefined {
  const asked = required.filter(({ operator }) => operator === "In" || operator === "Exists");
  for (const { key, operator, values: wanted } of asked) {
    const there = Object.hasOwn(values, key) ? values[key] : undefined;
    if (operator === "In" && there !== undefined && !wanted.some((one) => there.includes(one)))
      return [key, `no pod has "${key}: ${wanted.join(", ")}", but ${there.join(" or ")}`];
  }
  const has = (name: string) => asked.some(({ key }) => key === name);
  const pair = apart.find(([one, other]) => has(one) && has(other));
  return pair && [pair[1], pair[2]];
}

/** Where a selector asks for a label. */
function placeOf(selector: View, key: string): View {
  const isIt = (written: string) => written.replace(/^(k8s|any):/, "") === key;
  const written = selector.knownKeys("matchLabels").find(isIt);
  if (written !== undefined) return selector.at("matchLabels", written);
  return (
    selector
      .list("matchExpressions")
      .find((one) => isIt(one.text("key") ?? ""))
      ?.at("values") ?? selector
  );
}
