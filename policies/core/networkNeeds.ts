import { usesWorkloadIdentity } from "./archives";
import { follows } from "./backup";
import { archiveOf } from "./cluster";
import { type Flow, instanceLabels, jobLabels, neighbour, operatorTarget } from "./networkFlows";
import type { Target } from "./networkPeers";
import type { Resource } from "./resource";
import { labels } from "./selector";
import type { Stack } from "./stack";
import type { View } from "./view";

/** A connection that a cluster needs, and what happens without. */
export interface Need extends Flow {
  /** Such as "ingress from the operator to port 8000". */
  readonly called: string;
  readonly without: string;
}

export const apiServer: Target = {
  kind: "api",
  protocol: "TCP",
  // Policies are judged behind the Service: 443 on GKE, 6443 with kubeadm, others elsewhere.
  ports: [443, 6443, 6444, 7443, 8443, 9345, 16443],
};
export const dns: Target = { kind: "dns", protocol: "UDP", ports: [53, 1053, 5353, 8053, 9053, 10053] };
const metadata: Target = { kind: "metadata", protocol: "TCP", ports: [80, 8080, 987, 988] };

/** What the instances of a cluster need. */
export function instanceNeeds(
  cluster: Resource,
  poolers: readonly Resource[],
  operatorNamespace: string | undefined,
  stack: Stack,
): Need[] {
  const pod = instanceLabels(cluster);
  const needs: Need[] = [
    {
      direction: "ingress",
      pod,
      target: operatorTarget(cluster, operatorNamespace, stack),
      called: "ingress from the operator to port 8000",
      without: "the operator can't see the state of the instances, and does neither failover nor backup",
    },
    ...egressNeeds(cluster, pod, stack, "the instances"),
  ];
  if (hasReplicas(cluster)) {
    const replica = neighbour(cluster, pod, 5432, "postgresql");
    const without = "replicas can't follow the primary";
    needs.push({
      direction: "ingress",
      pod,
      target: replica,
      called: "ingress from the other instances to port 5432",
      without,
    });
    needs.push({
      direction: "egress",
      pod,
      target: replica,
      called: "egress to the other instances on port 5432",
      without,
    });
  }
  for (const pooler of poolers)
    needs.push({
      direction: "ingress",
      pod,
      target: neighbour(
        cluster,
        labels(
          {
            "cnpg.io/poolerName": pooler.name ?? null,
            "cnpg.io/podRole": "pooler",
            "cnpg.io/cluster": cluster.name ?? null,
          },
          true,
        ),
        5432,
        "postgresql",
      ),
      called: `ingress from the pooler ${pooler.name} to port 5432`,
      without: "the pooler can't connect",
    });
  return needs;
}

/** What the jobs that create, restore and join instances need. */
export function jobNeeds(cluster: Resource, stack: Stack): Need[] {
  const pod = jobLabels(cluster);
  const needs = egressNeeds(cluster, pod, stack, "the jobs", restores(cluster));
  if (hasReplicas(cluster)) {
    const instance = instanceLabels(cluster);
    const without = "no replica can be added: the job that copies the primary can't reach it";
    needs.push({
      direction: "egress",
      pod,
      target: neighbour(cluster, instance, 5432, "postgresql"),
      called: "egress of the join job to the primary on port 5432",
      without,
    });
    needs.push({
      direction: "ingress",
      pod: instance,
      target: neighbour(cluster, pod, 5432, "postgresql"),
      called: "ingress from the join job to port 5432",
      without,
    });
  }
  return needs;
}

function egressNeeds(
  cluster: Resource,
  pod: Need["pod"],
  stack: Stack,
  who: string,
  withStore = true,
): Need[] {
  const needs: Need[] = [
    {
      direction: "egress",
      pod,
      target: dns,
      called: `egress of ${who} to DNS, port 53 UDP`,
      without: "no name can be resolved: neither the primary's nor the object store's",
    },
    {
      direction: "egress",
      pod,
      target: apiServer,
      called: `egress of ${who} to the API server of Kubernetes`,
      without: "the instance manager can't read its Cluster, and takes the instance down",
    },
  ];
  const store = withStore ? archiveOf(cluster, stack)?.store : undefined;
  if (store === undefined) return needs;
  const target = storeTarget(store);
  if (target !== undefined)
    needs.push({
      direction: "egress",
      pod,
      target,
      called: `egress of ${who} to the object store on port ${target.ports.join(" or ")}`,
      without: "no WAL is archived, and the volume fills until Postgres stops",
    });
  if (usesWorkloadIdentity(store))
    needs.push({
      direction: "egress",
      pod,
      target: metadata,
      called: `egress of ${who} to GKE's metadata server (169.254.169.254/32 port 80, or 169.254.169.252/32 ports 987 and 988)`,
      without: "there is no token for Cloud Storage, and no WAL is archived",
    });
  return needs;
}

function storeTarget(store: View): Target | undefined {
  const endpoint = store.text("endpointURL");
  const destination = store.partial("destinationPath") ?? "";
  if (endpoint === undefined)
    return /^(gs|s3):/.test(destination)
      ? {
          kind: "internet",
          protocol: "TCP",
          ports: [443],
          ...(destination.startsWith("gs:") && { host: "storage.googleapis.com" }),
        }
      : undefined;
  const [, scheme, host = "", port] =
    /^(https?):\/\/(?:[^/@]*@)?([^/:]+)(?::(\d+))?/.exec(endpoint.toLowerCase()) ?? [];
  if (scheme === undefined) return undefined;
  const inside =
    !host.includes(".") || /\.svc(\.|$)|\.local$|\.internal$/.test(host) || !/\.[a-z]/i.test(host);
  const own = Number(port ?? (scheme === "https" ? 443 : 80));
  // A name in the cluster, or an address, can be a pod behind a Service, whose own port is another one.
  if (inside || /^\d|^\[/.test(host)) return { kind: "service", protocol: "TCP", ports: allPorts };
  return { kind: "service", protocol: "TCP", ports: [own], host };
}

/** Any port but those that are known to be something else. */
const allPorts = [80, 443, 3900, 7480, 8000, 8080, 8333, 8443, 9000, 9001, 9090, 9443, 10000];

/** Whether there is a second instance, now or as soon as somebody scales. */
export function hasReplicas(cluster: Resource): boolean {
  return (cluster.view.number("spec", "instances") ?? 1) > 1;
}

function restores(cluster: Resource): boolean {
  return cluster.view.at("spec", "bootstrap", "recovery").exists || follows(cluster);
}
