import { CLUSTER } from "../core/cluster";
import { podMonitorTypes } from "../core/monitors";
import { CILIUM_CLUSTERWIDE_POLICY, CILIUM_POLICY, NETWORK_POLICY, podSelectorOf } from "../core/network";
import { meantLabel } from "../core/podLabels";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

const policies = [NETWORK_POLICY, CILIUM_POLICY, CILIUM_CLUSTERWIDE_POLICY];
const types = [...policies, ...podMonitorTypes, "PodDisruptionBudget.policy"];

export default stackRule({
  id: "k8s-pod-selector-labels",
  title: "Policies and monitors select CNPG's pods by labels that CNPG sets.",
  severity: "high",
  tags: ["network", "monitoring"],
  why: "A selector with a label that no pod has selects nothing, and nobody is told: a policy that protects nothing, or a rule that allows nothing. CNPG's pods have cnpg.io/cluster, cnpg.io/podRole, cnpg.io/instanceRole, cnpg.io/instanceName, cnpg.io/jobRole and cnpg.io/poolerName; the label postgresql of old versions is gone.",
  remedy:
    "Select by cnpg.io/cluster: <name of the Cluster>, and where only instances are meant by cnpg.io/podRole: instance.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types,
  judge({ stack, report, part }) {
    const handedDown = (cluster: Resource) =>
      known(() => cluster.view.keys("spec", "inheritedMetadata", "labels")) ?? ["postgresql"];
    const clusters = new Set(
      stack
        .ofType(CLUSTER)
        .filter((cluster) => !handedDown(cluster).includes("postgresql"))
        .flatMap(({ name }) => name ?? []),
    );
    for (const resource of types.flatMap((type) => stack.ofType(type)))
      part(() => {
        for (const selector of selectorsOf(resource))
          part(() => {
            for (const key of selector.knownKeys("matchLabels"))
              part(() => judgeLabel(resource, key, selector.at("matchLabels", key)));
            for (const expression of selector.list("matchExpressions"))
              part(() => {
                if (["In", "Exists"].includes(expression.text("operator") ?? ""))
                  judgeLabel(resource, expression.text("key") ?? "", expression.at("key"));
              });
          });
      });

    function judgeLabel(resource: Resource, written: string, at: View): void {
      const key = written.replace(/^(k8s|any):/, "");
      const inMap = at.path.at(-1) === written;
      const value = inMap ? at.scalar() : undefined;
      if (key === "postgresql" && value !== undefined && clusters.has(value))
        report(
          resource,
          at,
          `no pod has the label "postgresql" any more. Write "cnpg.io/cluster: ${value}".`,
          undefined,
          policies.includes(resource.type) ? [] : [{ path: at.path, key: "cnpg.io/cluster" }],
        );
      const right = meantLabel(key);
      if (right !== undefined)
        report(
          resource,
          at,
          `no pod of CNPG has the label "${key}". Write "${right}".`,
          undefined,
          // A policy that selects pods all at once may cut them off.
          policies.includes(resource.type) || !inMap ? [] : [{ path: at.path, key: right }],
        );
      if (key === "cnpg.io/podRole" && value !== undefined && value !== "instance" && value !== "pooler")
        report(
          resource,
          at,
          `"${value}" is no role of a pod: CNPG has "instance" and "pooler". Jobs have cnpg.io/jobRole instead.`,
        );
    }
  },
});

function selectorsOf(resource: Resource): View[] {
  const { view, type } = resource;
  if (!policies.includes(type)) return [view.at("spec", "selector")];
  const rules = ["ingress", "egress"].flatMap((direction) => view.list("spec", direction));
  const peers = rules.flatMap((rule) =>
    type === NETWORK_POLICY
      ? [...rule.list("from"), ...rule.list("to")].map((peer) => peer.at("podSelector"))
      : [...rule.list("fromEndpoints"), ...rule.list("toEndpoints")],
  );
  return [podSelectorOf(resource), ...peers];
}
