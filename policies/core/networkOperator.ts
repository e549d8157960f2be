import { barmanPlugin, CLUSTER } from "./cluster";
import type { NetworkPolicy } from "./network";
import { asksFor, labelledAs, OPERATOR_LABEL, PLUGIN_LABELS } from "./networkConcern";
import { type Flow, instanceLabels } from "./networkFlows";
import { apiServer, dns } from "./networkNeeds";
import type { Target } from "./networkPeers";
import { known, type Origin, Resource } from "./resource";
import { type Labels, labels } from "./selector";
import type { Stack } from "./stack";

/** A connection that the operator or the Barman Cloud plugin needs, and what happens without. */
export interface OperatorNeed {
  readonly who: "the operator" | "the Barman Cloud plugin";
  /** It is denied if each of them is: several where pods may be labelled in one way or another. */
  readonly flows: readonly Flow[];
  /** Such as "egress to DNS, port 53 UDP"; `$` stands for the instances of the clusters that are meant. */
  readonly called: string;
  /** The cluster whose instances are meant, as people call it. */
  readonly of?: string;
  readonly without: string;
  /** It works without in many places, so that it is advice. */
  readonly optional?: true;
}

/** The operator's Deployment in a namespace, as policies are asked about it. */
export function operatorIn(namespace: string | undefined, origin: Origin): Resource {
  const metadata = { name: "cnpg-controller-manager", ...(namespace !== undefined && { namespace }) };
  return new Resource({ type: "Deployment.apps", value: { metadata }, origin });
}

/** What the operator needs, and the Barman Cloud plugin beside it where there is a sign of one. */
export function operatorNeeds(
  namespace: string | undefined,
  policies: readonly NetworkPolicy[],
  stack: Stack,
): OperatorNeed[] {
  const operator = labelledAs(OPERATOR_LABEL);
  const clusters = stack.ofType(CLUSTER);
  const named = PLUGIN_LABELS.filter((label) => policies.some(({ selector }) => asksFor(selector, label)));
  const withPlugin = named.length > 0 || clusters.some((one) => known(() => barmanPlugin(one)) !== undefined);
  const plugin = withPlugin ? (named.length > 0 ? named : PLUGIN_LABELS).map(labelledAs) : [];
  const beside = (of: Labels): Target => ({
    kind: "pod",
    labels: of,
    namespace,
    ownNamespace: true,
    protocol: "TCP",
    ports: [9090],
  });
  const egress = (target: Target): Flow[] => [{ direction: "egress", pod: operator, target }];
  const needs: OperatorNeed[] = [
    {
      who: "the operator",
      flows: [{ direction: "ingress", pod: operator, target: webhook }],
      called: "ingress from the API server to port 9443",
      without: "its webhooks can't be asked, and the API server refuses every change of a Cluster",
    },
    {
      who: "the operator",
      flows: egress(apiServer),
      called: "egress to the API server of Kubernetes",
      without: "it does nothing at all",
    },
    ...instanceNeeds(namespace, operator, clusters),
    {
      who: "the operator",
      flows: egress(dns),
      called: "egress to DNS, port 53 UDP",
      without: "it finds no plugin, which it calls by the name of a Service",
      ...(!withPlugin && { optional: true }),
    },
  ];
  if (withPlugin)
    needs.push({
      who: "the operator",
      flows: plugin.flatMap((one) => egress(beside(one))),
      called: "egress to the Barman Cloud plugin on port 9090",
      without: "no Cluster with the plugin is reconciled, and no backup is made",
    });
  return [...needs, ...pluginNeeds(plugin, beside(operator))];
}

function pluginNeeds(plugin: readonly Labels[], operator: Target): OperatorNeed[] {
  if (plugin.length === 0) return [];
  const who = "the Barman Cloud plugin";
  const flows = (direction: Flow["direction"], target: Target): Flow[] =>
    plugin.map((pod) => ({ direction, pod, target }));
  return [
    {
      who,
      flows: flows("ingress", operator),
      called: "ingress from the operator to port 9090",
      without: "no Cluster with the plugin is reconciled, and no backup is made",
    },
    {
      who,
      flows: flows("egress", apiServer),
      called: "egress to the API server of Kubernetes",
      without: "it can't read an ObjectStore",
    },
    {
      who,
      flows: flows("egress", dns),
      called: "egress to DNS, port 53 UDP",
      without: "it finds nothing by its name",
      optional: true,
    },
  ];
}

/** Policies are judged behind the Service, which is at 443. */
const webhook: Target = { kind: "api", protocol: "TCP", ports: [9443], portName: "webhook-server" };

/** Connections of the operator to instances: of each Cluster that is here, or of any. */
function instanceNeeds(
  namespace: string | undefined,
  operator: Labels,
  clusters: readonly Resource[],
): OperatorNeed[] {
  const called = clusters.filter(({ name }) => name !== undefined);
  return (called.length === 0 ? [undefined] : called).flatMap((cluster) => {
    const to = (port: number, portName: string): Flow[] => [
      {
        direction: "egress",
        pod: operator,
        target: {
          kind: "pod",
          labels: cluster === undefined ? anyInstance : instanceLabels(cluster),
          namespace: cluster?.namespace,
          ownNamespace: cluster?.namespace === undefined ? undefined : cluster.namespace === namespace,
          protocol: "TCP",
          ports: [port],
          portName,
        },
      },
    ];
    const of = cluster === undefined ? {} : { of: cluster.called };
    return [
      {
        who: "the operator",
        flows: to(8000, "status"),
        called: "egress to $ on port 8000",
        ...of,
        without: "it can't see the state of the instances, and does neither failover nor backup",
      },
      {
        who: "the operator",
        flows: to(5432, "postgresql"),
        called: "egress to $ on port 5432",
        ...of,
        without: "CloudNativePG's documentation names it beside port 8000",
        optional: true,
      },
    ];
  });
}

const anyInstance = labels({ "cnpg.io/cluster": null, "cnpg.io/podRole": "instance" }, true);
