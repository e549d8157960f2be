import { barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-server-name-explicit",
  title: "The server name under which a Cluster archives is said.",
  severity: "low",
  tags: ["backup", "recovery"],
  why: "The server name is the cluster's folder in the bucket. Its default is the cluster's name, so a cluster that is made again archives into the old one's folder, which CNPG refuses, and the models disagree on what a recovery takes for it: the in-tree one the name of the external cluster, the plugin the name of the new one.",
  remedy:
    "Set serverName, with a part that changes with every generation of the cluster, such as orders-db-g1. For a cluster that archives already write the name that is in force, which is its own.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  judge({ resource, report, part }) {
    const { name } = resource;
    const message =
      name === undefined
        ? "is not said, so the cluster's name is used, also by the next cluster of that name. Write a name for this generation; where the cluster archives already, the one that is in force."
        : `is not said, so "${name}" is used, also by the next cluster of that name. Write a name for this generation, such as "${name}-g1"; where the cluster archives already, "${name}", which is in force.`;
    part(() => {
      const plugin = barmanPlugin(resource);
      if (plugin === undefined || !missing(plugin.at("parameters").text("serverName"))) return;
      report(plugin.at("parameters", "serverName"), message);
    });
    part(() => {
      const store = inTreeStore(resource);
      if (store === undefined || !missing(store.text("serverName"))) return;
      report(store.at("serverName"), message);
    });
  },
});

function missing(serverName: string | undefined): boolean {
  return serverName === undefined || serverName === "";
}
