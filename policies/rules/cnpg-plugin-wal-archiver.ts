import { barmanPlugin, CLUSTER, inTreeStore } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-plugin-wal-archiver",
  title: "The Barman Cloud plugin is declared as the WAL archiver of its cluster.",
  severity: "high",
  tags: ["backup"],
  why: "isWALArchiver is false by default. Without it the sidecar archives as long as it is there; if it is missing, CNPG takes it that no archive is wanted, discards WAL and reports ContinuousArchiving as true.",
  remedy: "Write isWALArchiver: true on the entry of the plugin, so that a missing sidecar is an error.",
  url: "https://cloudnative-pg.io/documentation/current/wal_archiving/",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    const plugin = barmanPlugin(resource);
    // With the in-tree model beside it, another rule says that one of the two has to go.
    if (plugin === undefined || inTreeStore(resource) !== undefined) return;
    const archivers = view
      .list("spec", "plugins")
      .filter((one) => one.flag("enabled") !== false && one.flag("isWALArchiver") === true);
    if (archivers.length > 0) return;
    const at = plugin.at("isWALArchiver");
    report(
      at,
      `${at.flag() === false ? "is false" : "is not said, which is false"}. Write isWALArchiver: true.`,
      [{ path: at.path, value: true }],
    );
  },
});
