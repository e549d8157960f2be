import { DEPLOYMENT, deploymentOf } from "../core/deployments";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-plugin-beside-operator",
  title: "The Barman Cloud plugin is in the operator's namespace.",
  severity: "high",
  tags: ["backup", "plugin"],
  why: "The operator looks for plugins among the Services of its own namespace. One in another namespace starts, is healthy, and is never called: Clusters that ask for it are not reconciled, and nothing is archived.",
  remedy: "Install the plugin into the namespace of the operator.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/installation/",
  types: [DEPLOYMENT],
  judge({ stack, report, part }) {
    const all = stack.ofType(DEPLOYMENT);
    const operators = all.filter((one) => deploymentOf(one) === "operator");
    const homes = operators.map(({ namespace }) => namespace);
    // One whose namespace is said elsewhere may be anywhere.
    if (operators.length === 0 || homes.includes(undefined)) return;
    for (const plugin of all.filter((one) => deploymentOf(one) === "plugin"))
      part(() => {
        const home = plugin.view.text("metadata", "namespace");
        if (home === undefined || homes.includes(home)) return;
        report(
          plugin,
          plugin.view.at("metadata", "namespace"),
          `the Barman Cloud plugin is in ${home}, and the operator looks for it in its own namespace only, ${[...new Set(homes)].join(" or ")}: nothing is archived. Install it there.`,
        );
      });
  },
});
