import { ACCOUNT_ANNOTATION, CLUSTER, ROLE_ANNOTATION } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-service-account-beside",
  title: "The ServiceAccount of a Cluster's name is left to CloudNativePG.",
  severity: "medium",
  tags: ["identity", "gitops"],
  why: "CNPG makes a ServiceAccount of the Cluster's name, owns it, and puts the annotations of serviceAccountTemplate on it. Another one of that name in Git is a second hand on the same object: whichever writes last decides whether the pods have their cloud identity, and who removes it takes the identity away.",
  remedy:
    "Remove the ServiceAccount, and write its annotations and labels into spec.serviceAccountTemplate.metadata of the Cluster.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#serviceaccounttemplate",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const { name, namespace, view } = cluster;
        if (name === undefined || view.at("spec", "serviceAccountName").exists) return;
        const account = stack.find("ServiceAccount", namespace, name);
        // What CNPG made itself is in a dump of the whole namespace too.
        if (account === undefined || account.view.list("metadata", "ownerReferences").length > 0) return;
        const annotated = [ACCOUNT_ANNOTATION, ROLE_ANNOTATION].filter(
          (key) => account.annotation(key) !== undefined,
        );
        report(
          account,
          ["metadata", "name"],
          `"${name}" is the ServiceAccount that CNPG makes for ${cluster.called}. Remove it${annotated.length > 0 ? `, and write ${annotated.join(" and ")} into its serviceAccountTemplate` : ""}.`,
        );
      });
  },
});
