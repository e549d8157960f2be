import {
  absentClusters,
  denialOf,
  judgedClusters,
  networkPolicyTypes,
  notHere,
  policyFinder,
} from "../core/networkFlows";
import { instanceNeeds, jobNeeds } from "../core/networkNeeds";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-network-policy-jobs",
  title: "Network policies let through a cluster's jobs too, not only its instances.",
  severity: "high",
  tags: ["network", "availability"],
  why: "The jobs that initialize, restore and join instances have the labels cnpg.io/cluster and cnpg.io/jobRole, and not cnpg.io/podRole. Where another policy denies by default, rules for cnpg.io/podRole: instance leave them out, so that a running cluster works and no replica can be added or restored.",
  remedy: "Select pods by cnpg.io/cluster: <name> alone, in podSelector and in the rules.",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  types: networkPolicyTypes,
  judge({ stack, report, part }) {
    const find = policyFinder(stack);
    const absent = absentClusters(stack);
    for (const cluster of [...judgedClusters(stack), ...absent])
      part(() => {
        const here = !absent.includes(cluster);
        const policies = find(cluster);
        if (policies.length === 0) return;
        // What instances lack as well is another rule's.
        const denied = instanceNeeds(cluster, [], undefined, stack).filter(
          (need) => denialOf(policies, cluster, need) !== undefined,
        );
        for (const need of jobNeeds(cluster, stack)) {
          const denial = denialOf(policies, cluster, need);
          if (denial === undefined) continue;
          const alike = ({ direction, target }: (typeof denied)[number]) =>
            direction === need.direction &&
            target.kind === need.target.kind &&
            target.ports[0] === need.target.ports[0];
          if (denied.some(alike)) continue;
          const { policy, at, because, advice, sure } = denial;
          const forbidden = sure === undefined;
          const narrower = `Select by cnpg.io/cluster: ${cluster.name || "<name>"}, which jobs have too; cnpg.io/podRole they have not.`;
          report(
            policy.resource,
            at,
            `${here ? cluster.called : notHere(cluster)} needs ${need.called}, ${forbidden ? because : "and policies allow that to its instances only"}: ${need.without}. ${forbidden ? advice : narrower}`,
            here ? sure : "advisory",
          );
        }
      });
  },
});
