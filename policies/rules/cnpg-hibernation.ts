import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

const ANNOTATION = "cnpg.io/hibernation";

export default resourceRule({
  id: "cnpg-hibernation",
  title: "No Cluster in production is hibernated.",
  severity: "high",
  tags: ["availability"],
  why: "With the value on CNPG deletes all pods of the cluster and keeps its volumes: there is no database and no backup until the annotation is off.",
  remedy: "Write off, or take the annotation away.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_hibernation/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ resource, view, report }) {
    if (resource.annotation(ANNOTATION) === "on")
      report(view.at("metadata", "annotations", ANNOTATION), '"on" stops the database. Write "off".');
  },
});
