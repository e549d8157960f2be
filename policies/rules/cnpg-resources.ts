import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-resources",
  title: "Instances in production say how much CPU and memory they need.",
  severity: "medium",
  tags: ["resources"],
  why: "Without requests the pods are of the class BestEffort: the first to be evicted when a node runs short, and placed where there is no room for them.",
  remedy:
    "Set resources.requests for cpu and memory, and a memory limit; equal ones give the class Guaranteed, which CNPG recommends.",
  url: "https://cloudnative-pg.io/documentation/current/resource_management/",
  productionOnly: true,
  types: [CLUSTER],
  judge({ view, report }) {
    const resources = view.at("spec", "resources");
    // A limit without a request is the request too.
    const missing = ["cpu", "memory"].filter(
      (kind) => !resources.at("requests", kind).exists && !resources.at("limits", kind).exists,
    );
    if (missing.length > 0)
      report(
        missing.length === 2 ? resources : resources.at("requests", missing[0] ?? ""),
        `${missing.length === 2 ? "says" : "is not said, so there is"} no request for ${missing.join(" and ")}. Write resources.requests.`,
      );
  },
});
