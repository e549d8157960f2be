import { follows } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-recovery-database",
  title: "A Cluster that is recovered says the database and its owner.",
  severity: "low",
  tags: ["recovery"],
  why: "CNPG takes app for both if they are not said: beside the database that was recovered it makes a database, a role and a Secret app, and the Secret of the real owner is not made.",
  remedy: "Write bootstrap.recovery.database, owner and secret as the source cluster has them.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/#configure-the-application-database",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  judge({ resource, view, report }) {
    const recovery = view.at("spec", "bootstrap", "recovery");
    if (!recovery.exists || follows(resource)) return;
    const missing = ["database", "owner"].filter((field) => !recovery.at(field).exists);
    if (missing.length > 0)
      report(
        recovery.at(missing[0] ?? ""),
        `is not said, so CNPG takes ${missing[0] === "owner" ? "the database's name" : '"app"'}. Write it as the source has it.`,
      );
  },
});
