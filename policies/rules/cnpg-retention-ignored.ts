import { barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-retention-ignored",
  title: "A Cluster with the Barman Cloud plugin has its retention in the ObjectStore.",
  severity: "medium",
  tags: ["backup", "cost"],
  why: "spec.backup.retentionPolicy belongs to the in-tree model. With the plugin it is accepted with a warning and never applied: backups stay for ever, or as long as the ObjectStore says.",
  remedy: "Move the value into spec.retentionPolicy of the ObjectStore.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    const at = view.at("spec", "backup", "retentionPolicy");
    if (!at.exists || inTreeStore(resource) !== undefined) return;
    const plugin = barmanPlugin(resource);
    if (plugin === undefined) return;
    const store = plugin.text("parameters", "barmanObjectName");
    report(
      at,
      `"${at.text() ?? ""}" is never applied with the plugin. Write it into spec.retentionPolicy of the ObjectStore${store === undefined ? "" : ` "${store}"`}.`,
    );
  },
});
