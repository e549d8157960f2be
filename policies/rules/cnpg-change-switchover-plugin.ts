import { barmanPlugin, CLUSTER } from "../core/cluster";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-switchover-plugin",
  title:
    "The Barman Cloud plugin comes to a live Cluster, or goes, while its primary is updated by a restart.",
  severity: "high",
  tags: ["change", "backup"],
  why: "With primaryUpdateMethod switchover CNPG hands over to a replica that has the sidecar before the primary has one: the primary can't archive, the switchover waits for its last WAL, and the update gets stuck.",
  remedy: "Write primaryUpdateMethod: restart for this update, and switchover again in a later one.",
  url: "https://cloudnative-pg.io/documentation/current/rolling_update/#automated-updates-unsupervised",
  types: [CLUSTER],
  judge({ resource, view, before, report }) {
    const method = view.at("spec", "primaryUpdateMethod");
    if (method.text() !== "switchover" || (view.number("spec", "instances") ?? 1) < 2) return;
    const [was, is] = [barmanPlugin(before), barmanPlugin(resource)];
    if ((was === undefined) === (is === undefined)) return;
    report(
      method,
      `is switchover, and the plugin ${is === undefined ? "goes" : "comes"} with this change, which gets stuck so. Write restart.`,
    );
  },
});
