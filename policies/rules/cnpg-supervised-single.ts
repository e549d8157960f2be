import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-supervised-single",
  title: "primaryUpdateStrategy is supervised only where there is a replica to switch over to.",
  severity: "high",
  tags: ["operations"],
  why: "CNPG's webhook refuses supervised updates of a cluster with a single instance.",
  remedy: "Write unsupervised, the default, or instances of 2 or more.",
  url: "https://cloudnative-pg.io/documentation/current/rolling_update/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "primaryUpdateStrategy");
    if (at.text() === "supervised" && view.number("spec", "instances") === 1)
      report(at, '"supervised" is refused with one instance. Write unsupervised.');
  },
});
