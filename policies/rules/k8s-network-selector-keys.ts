import { concernsCnpg } from "../core/networkConcern";
import { networkPolicyTypes } from "../core/networkFlows";
import { type PolicySelector, peersOf, selectorsOf } from "../core/networkSelectors";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

const FIELDS = ["matchLabels", "matchExpressions"];

/** What a selector selects without the part that is dropped. */
const left: Readonly<Record<PolicySelector["of"], string>> = {
  policy: "every pod of its namespace",
  peer: "every pod of the namespace",
  namespaces: "every namespace",
};

export default stackRule({
  id: "k8s-network-selector-keys",
  title: "Selectors in network policies have matchLabels and matchExpressions, and nothing else.",
  severity: "high",
  tags: ["network", "security"],
  why: "Kubernetes drops what a selector's definition does not have, and an empty selector selects everything: `fromEndpoints: [{labelSelector: ...}]`, as guides for Cilium write it, lets every pod of the namespace in to the database. `kubectl apply` says so; Flux, Helm and Argo CD need not.",
  remedy:
    "Write labels under matchLabels: of Cilium's fromEndpoints and toEndpoints directly, in a NetworkPolicy under podSelector or namespaceSelector.",
  url: "https://docs.cilium.io/en/stable/security/policy/language/#endpoints-based",
  types: networkPolicyTypes,
  judge({ stack, report, part }) {
    const concerns = concernsCnpg(stack);
    for (const policy of networkPolicyTypes.flatMap((type) => stack.ofType(type)))
      part(() => {
        const speaks = concerns(policy);
        const odd = (at: View, fields: readonly string[], consequence: string, instead: string) => {
          const known = at.form === "map" ? at.knownKeys() : [];
          for (const key of known.filter((one) => !fields.includes(one)))
            if (speaks || speaksOfCnpg(at, key))
              report(
                policy,
                at.at(key),
                `is no field here, so that Kubernetes drops it, and what is left ${consequence}. Write ${instead}.`,
              );
        };
        for (const { at, of } of selectorsOf(policy))
          part(() => {
            const others = at.knownKeys().filter((key) => FIELDS.includes(key));
            const consequence =
              others.length > 0 ? "selects more than it is meant to" : `selects ${left[of]}`;
            odd(at, FIELDS, consequence, "labels under matchLabels");
          });
        for (const { at, fields } of peersOf(policy))
          part(() => {
            const valid = at.knownKeys().some((key) => fields.includes(key));
            odd(
              at,
              fields,
              valid ? "is for more than it is meant to" : "is a peer without a selector, which is refused",
              "podSelector or namespaceSelector, with matchLabels in it",
            );
          });
      });
  },
});

/** Whether what stands under a key, or the key itself, speaks of labels of CloudNativePG. */
function speaksOfCnpg(at: View, key: string): boolean {
  const inside = at.at(key);
  const keys = inside.form === "map" ? inside.knownKeys() : [];
  const deeper = keys.flatMap((one) => {
    const below = inside.at(one);
    return below.form === "map" ? below.knownKeys() : [];
  });
  return [key, ...keys, ...deeper].some((one) => one.replace(/^(k8s|any):/, "").startsWith("cnpg.io/"));
}
