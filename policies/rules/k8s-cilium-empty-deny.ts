import { CILIUM_CLUSTERWIDE_POLICY, CILIUM_POLICY, refusedPart } from "../core/network";
import { concernsCnpg } from "../core/networkConcern";
import { stackRule } from "../core/rule";

const types = [CILIUM_POLICY, CILIUM_CLUSTERWIDE_POLICY];

export default stackRule({
  id: "k8s-cilium-empty-deny",
  title: "A Cilium policy has a rule: one that denies by default has an empty rule.",
  severity: "high",
  tags: ["network", "security"],
  why: "Other than a NetworkPolicy, a Cilium policy without any rule denies nothing: with `ingress: []` and `egress: []` the API server takes it, and Cilium refuses it, whatever enableDefaultDeny says. The database is open to every pod then.",
  remedy:
    "Write a list with one empty rule for each direction that is to be denied: `ingress: [{}]`, `egress: [{}]`. Or use a NetworkPolicy with policyTypes, whose empty lists do deny. From then on what CNPG needs has to be allowed; k8s-network-policy-flows says what is missing.",
  url: "https://docs.cilium.io/en/stable/security/policy/language/",
  types,
  judge({ stack, report, part }) {
    const concerns = concernsCnpg(stack);
    for (const policy of types.flatMap((type) => stack.ofType(type)))
      part(() => {
        if (!concerns(policy)) return;
        const spec = refusedPart(policy);
        if (spec === undefined) return;
        const meant = (["ingress", "egress"] as const).filter((one) => spec.at(one).exists);
        const [first = "ingress"] = meant;
        const right = (meant.length === 0 ? ["ingress", "egress"] : meant).map((one) => `"${one}: [{}]"`);
        report(
          policy,
          spec.at(first),
          `has no rule, and the policy has none elsewhere: Cilium refuses it, whatever enableDefaultDeny says, and it denies nothing. Write ${right.join(" and ")} to deny what no other policy allows.`,
        );
      });
  },
});
