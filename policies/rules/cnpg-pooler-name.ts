import { CLUSTER, POOLER } from "../core/cluster";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-pooler-name",
  title: "A Pooler is called neither like a Cluster nor like a Service of one.",
  severity: "high",
  tags: ["pooler"],
  why: "CNPG makes a Service, a Deployment and a service account of the Pooler's name. <cluster>-rw, -ro and -r are the Cluster's own Services: the operator finds that they are not the Pooler's (event InvalidOwnership), makes no PgBouncer, and applications go on past it, straight to Postgres. A Pooler of a Cluster's name is refused, or never reconciled.",
  remedy: "Give it another name, such as <cluster>-pooler-rw.",
  url: "https://cloudnative-pg.io/documentation/current/connection_pooling/",
  types: [POOLER],
  judge({ stack, report, part }) {
    for (const pooler of stack.ofType(POOLER))
      part(() => {
        const { name, namespace } = pooler;
        if (name === undefined) {
          // Reading it says that it is not known, if that is why.
          pooler.view.text("metadata", "name");
          return;
        }
        const own = pooler.view.partial("spec", "cluster", "name");
        const at = pooler.view.at("metadata", "name");
        const [, stem = "", role = ""] = /^(.+)-(rw|ro|r)$/.exec(name) ?? [];
        if (name === own || stack.find(CLUSTER, namespace, name) !== undefined)
          report(pooler, at, `"${name}" is the name of a Cluster. Write ${name}-pooler.`);
        else if (stem !== "" && (stem === own || stack.find(CLUSTER, namespace, stem) !== undefined))
          report(
            pooler,
            at,
            `"${name}" is the Service of the Cluster ${stem}. Write ${stem}-pooler-${role}.`,
          );
      });
  },
});
