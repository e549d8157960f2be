import { usesWorkloadIdentity } from "../core/archives";
import { archiveOf, CLUSTER, POOLER } from "../core/cluster";
import { clusterOfPooler } from "../core/poolers";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

/** The first is of today, the second of GKE before 1.17, and still read. */
const annotations = ["networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type"];
const everybody = ["0.0.0.0/0", "::/0"];

export default stackRule({
  id: "k8s-load-balancer-internal",
  title: "No Postgres and no Pooler on GKE is on the internet.",
  severity: "high",
  tags: ["security", "gke", "pooler"],
  why: "On GKE a Service of type LoadBalancer gets an address on the internet unless an annotation says Internal. Whoever finds it may try passwords, and needs no other way in.",
  remedy:
    'Annotate the Service template with networking.gke.io/load-balancer-type: "Internal", or write loadBalancerSourceRanges with the networks that may connect.',
  url: "https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing",
  types: [CLUSTER, POOLER],
  judge({ stack, report, part }) {
    const judge = (resource: Resource, cluster: Resource | undefined, template: View) =>
      part(() => {
        const type = template.at("spec", "type");
        if (type.text() !== "LoadBalancer" || template.text("spec", "loadBalancerClass") !== undefined)
          return;
        const given = annotations.map((name) => template.at("metadata", "annotations", name));
        if (given.some((at) => /^internal$/i.test(at.text() ?? ""))) return;
        const ranges = template.at("spec", "loadBalancerSourceRanges").texts();
        if (ranges.length > 0 && !ranges.some((range) => everybody.includes(range))) return;
        // Elsewhere a load balancer may well be one of the machine room's own.
        if (!given.some((at) => at.exists) && !onGke(cluster, stack)) return;
        report(
          resource,
          type,
          `is LoadBalancer, whose address is on the internet. Add the annotation ${annotations[0]}: "Internal".`,
        );
      });
    for (const pooler of stack.ofType(POOLER))
      judge(pooler, clusterOfPooler(pooler, stack), pooler.view.at("spec", "serviceTemplate"));
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        for (const service of cluster.view.list("spec", "managed", "services", "additional"))
          judge(cluster, cluster, service.at("serviceTemplate"));
      });
  },
});

/** Whether what surrounds it is Google's: its resources, or a Cluster that archives with Workload Identity. */
function onGke(cluster: Resource | undefined, stack: Stack): boolean {
  if (stack.cloud.present) return true;
  const archive = cluster === undefined ? undefined : archiveOf(cluster, stack);
  return archive !== undefined && usesWorkloadIdentity(archive.store);
}
