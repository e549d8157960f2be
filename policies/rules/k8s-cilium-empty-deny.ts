import { CLUSTER } from "../core/cluster";
import { CILIUM_POLICY, podSelectorOf } from "../core/network";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import { requirementsOf } from "../core/selector";

export default stackRule({
  id: "k8s-cilium-empty-deny",
  title: "A Cilium policy that is to deny by default has a rule, or says so.",
  severity: "medium",
  tags: ["network", "security"],
  why: "Other than in a NetworkPolicy, an empty list of rules does not apply in Cilium: with `ingress: []` and `egress: []` a policy isolates nothing, and the database is open to every pod.",
  remedy:
    "Write enableDefaultDeny: {ingress: true, egress: true}, or use a NetworkPolicy with policyTypes, whose empty lists do deny.",
  url: "https://docs.cilium.io/en/stable/security/policy/language/",
  types: [CILIUM_POLICY],
  judge({ stack, report, part }) {
    const withClusters = new Set(stack.ofType(CLUSTER).flatMap(({ namespace }) => namespace ?? []));
    for (const policy of stack.ofType(CILIUM_POLICY))
      part(() => {
        const spec = policy.view.at("spec");
        const empty = ["ingress", "egress"].find((direction) => spec.at(direction).exists);
        if (empty === undefined || !isOfCnpg(policy, withClusters)) return;
        const rules = ["ingress", "egress", "ingressDeny", "egressDeny"].flatMap((one) => spec.list(one));
        if (rules.length > 0) return;
        const said = ["ingress", "egress"].some((one) => spec.flag("enableDefaultDeny", one) === true);
        if (!said)
          report(
            policy,
            spec.at(empty),
            `is empty, so that the policy does not apply and denies nothing. Write "enableDefaultDeny: {ingress: true, egress: true}", or a rule.`,
          );
      });
  },
});

/** Whether a policy is for pods of CNPG: it says so, or is in a namespace with a Cluster. */
function isOfCnpg(policy: Resource, withClusters: ReadonlySet<string>): boolean {
  if (/cnpg|cloudnative-?pg/.test(`${policy.name} ${policy.namespace}`)) return true;
  const required = requirementsOf(podSelectorOf(policy));
  if (required.length === 0) return withClusters.has(policy.namespace ?? "");
  return required.some(({ key, values }) => key.startsWith("cnpg.io/") || values.includes("cloudnative-pg"));
}
