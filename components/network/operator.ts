import type { Allowance, Peer, PodRules } from "../plan/network";
import { clusterLabel, operatorLabels, pluginLabels } from "../units/labels";
import { postgresPort } from "../units/sql";
import { konnectivity, type NetworkContext, statusPort, toApiServer, toDns } from "./cluster";
import { pods, tcp } from "./peers";

const [webhooks, pluginPort, metrics] = [9443, 9090, 8080];

const allow = (
  direction: Allowance["direction"],
  peers: readonly Peer[],
  numbers: readonly number[],
  why: string,
): Allowance => ({
  direction,
  peers,
  ports: tcp(...numbers),
  why,
});

/** The policies of the operator and of the Barman Cloud plugin, which are there once for each Kubernetes cluster. */
export function operatorRules(context: NetworkContext): PodRules[] {
  const { operatorNamespace: namespace, apiServer, monitoring } = context;
  const server: Peer = { kind: "apiServer", cidrs: apiServer.cidrs };
  const scraped =
    monitoring.length === 0 ? [] : [allow("ingress", monitoring, [metrics], "metrics are scraped")];
  return [
    {
      name: "cnpg-operator",
      namespace,
      of: "the operator",
      labels: operatorLabels,
      allows: [
        allow(
          "ingress",
          [server, konnectivity],
          [webhooks],
          "the API server asks its webhooks, and refuses changes if they don't answer",
        ),
        ...scraped,
        allow(
          "egress",
          [{ kind: "pods", having: clusterLabel }],
          [statusPort, postgresPort],
          "it asks instances for their state",
        ),
        allow("egress", [pods(namespace, pluginLabels)], [pluginPort], "it calls the plugin"),
        ...toApiServer(context, "it reads and changes objects"),
        ...toDns(),
      ],
    },
    {
      name: "barman-cloud-plugin",
      namespace,
      of: "the Barman Cloud plugin",
      labels: pluginLabels,
      allows: [
        allow("ingress", [pods(namespace, operatorLabels)], [pluginPort], "the operator calls it"),
        ...scraped,
        ...toApiServer(context, "it reads ObjectStores"),
        ...toDns(),
      ],
    },
  ];
}
