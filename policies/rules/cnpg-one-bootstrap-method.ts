import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-one-bootstrap-method",
  title: "A Cluster is bootstrapped by exactly one method: initdb, recovery or pg_basebackup.",
  severity: "high",
  tags: ["recovery"],
  why: "CNPG's webhook refuses a second method. With server-side apply it appears when one was replaced by another and the first is still owned by somebody else.",
  remedy: "Keep the method that the cluster was made with, and take the other away.",
  url: "https://cloudnative-pg.io/documentation/current/bootstrap/",
  types: [CLUSTER],
  judge({ view, report }) {
    const methods = ["initdb", "recovery", "pg_basebackup"].filter(
      (method) => view.at("spec", "bootstrap", method).exists,
    );
    if (methods.length > 1)
      report(view.at("spec", "bootstrap"), `has ${methods.join(" and ")}. Keep one of them.`);
  },
});
