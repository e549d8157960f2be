import { parameterRule } from "../core/parameterRule";

export default parameterRule("corruption", {
  title: "No parameter of Postgres lets damaged or inconsistent data pass.",
  severity: "critical",
  tags: ["durability"],
  why: "These parameters are there to get the last data out of a broken server, or to load data that were checked elsewhere. Set for the whole cluster they let damage spread, into replicas and backups too, while all looks well.",
  remedy: "Take the parameter away, and set it in the session that needs it.",
  url: "https://www.postgresql.org/docs/current/runtime-config-developer.html",
});
