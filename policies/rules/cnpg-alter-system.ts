import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-alter-system",
  title: "ALTER SYSTEM stays switched off.",
  severity: "medium",
  tags: ["configuration"],
  why: "What ALTER SYSTEM writes goes before the Cluster's parameters on one instance and not on the others. CNPG calls the setting insecure and dangerous, and keeps it only for old clusters.",
  remedy: "Remove enableAlterSystem and write the parameters into spec.postgresql.parameters.",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#enabling-alter-system",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "postgresql", "enableAlterSystem");
    if (at.flag() === true)
      report(at, "is true, and instances may differ from what is written here. Remove it.");
  },
});
