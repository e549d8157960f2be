import { addTo } from "../core/grouped";
import { CILIUM_CLUSTERWIDE_POLICY, podSelectorOf } from "../core/network";
import { asksFor, OPERATOR_LABEL, PLUGIN_LABELS } from "../core/networkConcern";
import {
  type Denial,
  denialOf,
  networkPolicyTypes,
  operatorNamespaceOf,
  policyFinder,
} from "../core/networkFlows";
import { type OperatorNeed, operatorIn, operatorNeeds } from "../core/networkOperator";
import type { Origin, Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import flows from "./k8s-network-policy-flows";

export default stackRule({
  id: "k8s-network-policy-operator",
  title:
    "Where network policies deny by default in the operator's namespace, the operator and the Barman Cloud plugin have the connections that they need.",
  severity: "high",
  tags: ["network", "availability"],
  why: "The operator's webhooks are at port 9443, and CNPG registers them so that the API server refuses a change when it can't ask. The operator reads the state of every instance at port 8000, and calls the Barman Cloud plugin at port 9090, which only needs the API server besides. A policy that shuts one of them looks like a broken operator: nothing says that it is the network.",
  remedy:
    "Allow the operator ingress from the API server to 9443 and egress to the API server, DNS, ports 8000 and 5432 of the pods with the label cnpg.io/cluster in every namespace, and port 9090 of the plugin. Allow the plugin ingress from the operator to 9090 and egress to the API server.",
  url: "https://cloudnative-pg.io/documentation/current/networking/",
  types: networkPolicyTypes,
  readsParametersOf: flows,
  judge({ stack, report, part, parameters }) {
    const find = policyFinder(stack);
    const assumed = operatorNamespaceOf(stack, String(parameters.operatorNamespace));
    for (const [namespace, origin] of namespacesOf(stack, assumed))
      part(() => {
        const operator = operatorIn(namespace, origin);
        const policies = find(operator);
        const denied = new Map<string, { readonly denial: Denial; readonly needs: OperatorNeed[] }>();
        const lacking = new Map<string, OperatorNeed[]>();
        for (const need of operatorNeeds(namespace, policies, stack)) {
          const denials = need.flows.map((flow) => denialOf(policies, operator, flow));
          const [denial] = denials;
          if (denial === undefined || denials.includes(undefined) || !isMeantFor(denial)) continue;
          const key = `${need.who} ${need.called}`;
          addTo(lacking, key, need);
          if (!denied.has(key)) denied.set(key, { denial, needs: lacking.get(key) ?? [] });
        }
        const statusToo = denied.has("the operator egress to $ on port 8000");
        for (const { denial, needs } of denied.values()) {
          const [{ who, called, without, optional } = {} as OperatorNeed] = needs;
          if (who === undefined || (statusToo && called.endsWith("port 5432"))) continue;
          report(
            denial.policy.resource,
            denial.at,
            `${who} needs ${called.replace("$", instancesOf(needs))}, ${denial.because}: ${without}. ${denial.advice}`,
            optional ? "advisory" : denial.sure,
          );
        }
      });
  },
});

/** Namespaces in which the operator or the plugin is: where it is installed, and where policies select its pods. */
function namespacesOf(stack: Stack, assumed: string | undefined): Map<string | undefined, Origin> {
  const found = new Map<string | undefined, Origin>();
  if (assumed !== undefined) found.set(assumed, {});
  for (const policy of networkPolicyTypes.flatMap((type) => stack.ofType(type)))
    if (policy.type !== CILIUM_CLUSTERWIDE_POLICY && selectsThem(policy) && !found.has(policy.namespace))
      found.set(policy.namespace, policy.origin);
  return found;
}

const selectsThem = (policy: Resource): boolean =>
  [OPERATOR_LABEL, ...PLUGIN_LABELS].some((label) => asksFor(podSelectorOf(policy), label));

/** A policy of all namespaces may be one of many, of which those for the operator are elsewhere. */
const isMeantFor = ({ policy: { resource } }: Denial): boolean =>
  resource.type !== CILIUM_CLUSTERWIDE_POLICY || selectsThem(resource);

function instancesOf(needs: readonly OperatorNeed[]): string {
  const names = needs.flatMap(({ of }) => of ?? []);
  if (names.length === 0) return "instances";
  const more = names.length > 2 ? ` and ${names.length - 2} more` : "";
  return `the instances of ${names.slice(0, 2).join(names.length === 2 ? " and " : ", ")}${more}`;
}
