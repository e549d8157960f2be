import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-one-wal-archiver",
  title: "One plugin of a Cluster archives WAL.",
  severity: "high",
  tags: ["backup"],
  why: "CNPG asks one plugin whether a WAL file is archived. Its webhook refuses a Cluster with two plugins that have isWALArchiver: true, and two entries of one plugin count as two.",
  remedy: "Keep isWALArchiver: true on one entry of spec.plugins.",
  url: "https://cloudnative-pg.io/documentation/current/wal_archiving/",
  types: [CLUSTER],
  judge({ view, report }) {
    const archivers = view
      .list("spec", "plugins")
      .filter((plugin) => plugin.flag("enabled") !== false && plugin.flag("isWALArchiver") === true);
    const [first, second] = archivers;
    if (first === undefined || second === undefined) return;
    report(
      second.at("isWALArchiver"),
      `is true, as it is for ${first.text("name")} at spec.plugins[${first.path.at(-1)}]. Keep one of them.`,
    );
  },
});
