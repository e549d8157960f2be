import { POOLER } from "../core/cluster";
import { NETWORK_POLICY, specsOf } from "../core/network";
import { concernsCnpg } from "../core/networkConcern";
import { networkPolicyTypes } from "../core/networkFlows";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { requirementsOf } from "../core/selector";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

/** Names of ports of CNPG's containers: https://cloudnative-pg.io/documentation/current/networking/ and its sources' specs. */
const ofInstances = ["postgresql", "metrics", "status"];
const ofBouncers = ["pgbouncer", "metrics"];

export default stackRule({
  id: "k8s-network-policy-ports",
  title: "Ports in network policies are numbers, or names that containers of CNPG have.",
  severity: "high",
  tags: ["network", "availability"],
  why: "A port's name means the container's port of that name, in the pod that is connected to. No container of CNPG has one called postgres or http-metrics: such a rule allows nothing, and nobody is told. In a NetworkPolicy \"8000\" is a name too, and the API server refuses a name without a letter, so that the policy is not there.",
  remedy:
    "Write numbers: 5432, 8000 and 9187 of instances, 5432 and 9127 of poolers. Or their names: postgresql, status and metrics, pgbouncer and metrics.",
  url: "https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/",
  types: networkPolicyTypes,
  judge({ stack, report, part }) {
    const concerns = concernsCnpg(stack);
    const ofPoolers = known(() => [...ofBouncers, ...ofTemplates(stack)]);
    for (const policy of networkPolicyTypes.flatMap((type) => stack.ofType(type)))
      part(() => {
        const plain = policy.type === NETWORK_POLICY;
        const portsOf = ({ rule }: PolicyRule): View[] =>
          (plain ? [rule] : rule.list("toPorts"))
            .flatMap((one) => one.list("ports"))
            .map((one) => one.at("port"));
        const rules = rulesIn(policy);
        if (plain && concerns(policy))
          for (const port of rules.flatMap(portsOf))
            part(() => {
              const written = port.isText ? port.text() : undefined;
              if (written === undefined || !/^\d+$/.test(written)) return;
              report(
                policy,
                port,
                `is a text, which is the name of a port, and the API server refuses a name without a letter. Write ${written} without quotes.`,
                undefined,
                [{ path: port.path, value: Number(written) }],
              );
            });
        for (const rule of rules)
          part(() => {
            const names = namesFor(rule.connected, ofPoolers);
            if (names === undefined) return;
            for (const port of portsOf(rule)) {
              const name = port.scalar()?.toLowerCase();
              if (name === undefined || /^\d+$/.test(name) || names.includes(name)) continue;
              report(
                policy,
                port,
                `no container of CNPG has a port "${name}", so that it never matches. Write one of ${names.join(", ")}, or the number.`,
              );
            }
          });
      });
  },
});

interface PolicyRule {
  readonly rule: View;
  /** Selectors of the pods that are connected to; none where they can be others. */
  readonly connected: readonly View[];
}

function rulesIn(policy: Resource): PolicyRule[] {
  const plain = policy.type === NETWORK_POLICY;
  return specsOf(policy).flatMap((spec) => {
    const own = spec.at(plain ? "podSelector" : "endpointSelector");
    const into = ["ingress", "ingressDeny"].flatMap((list) => spec.list(list));
    const out = ["egress", "egressDeny"].flatMap((list) => spec.list(list));
    const peersOf = (rule: View) =>
      plain ? rule.list("to").map((peer) => peer.at("podSelector")) : rule.list("toEndpoints");
    return [
      ...into.map((rule) => ({ rule, connected: [own] })),
      ...out.map((rule) => ({ rule, connected: peersOf(rule) })),
    ];
  });
}

/** Names of ports of the pods that are selected; undefined where they need not all be CNPG's. */
function namesFor(
  selectors: readonly View[],
  ofPoolers: readonly string[] | undefined,
): string[] | undefined {
  if (selectors.length === 0) return undefined;
  const names = new Set<string>();
  for (const selector of selectors) {
    const required = requirementsOf(selector).filter(
      ({ key, operator }) => key.startsWith("cnpg.io/") && (operator === "In" || operator === "Exists"),
    );
    if (required.length === 0) return undefined;
    const has = (key: string, value?: string) =>
      required.some((one) => one.key === key && (value === undefined || one.values.join() === value));
    const pooler = has("cnpg.io/poolerName") || has("cnpg.io/podRole", "pooler");
    const instance =
      has("cnpg.io/instanceName") || has("cnpg.io/instanceRole") || has("cnpg.io/podRole", "instance");
    if (!pooler) for (const name of ofInstances) names.add(name);
    if (instance) continue;
    if (ofPoolers === undefined) return undefined;
    for (const name of ofPoolers) names.add(name);
  }
  return [...names];
}

/** What the templates of Poolers call ports of containers of their own. */
function ofTemplates(stack: Stack): string[] {
  return stack
    .ofType(POOLER)
    .flatMap(({ view }) => view.list("spec", "template", "spec", "containers"))
    .flatMap((container) => container.list("ports").flatMap((port) => port.text("name") ?? []));
}
