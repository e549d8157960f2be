import { parameterRule } from "../core/parameterRule";

export default parameterRule("advice", {
  title: "Parameters of Postgres that are seldom meant for a whole cluster are not set for one.",
  severity: "medium",
  tags: ["configuration"],
  why: "These are right for one role, one table or one session, and have an effect on CNPG, backups or the log when they are set for all.",
  remedy:
    "Take the parameter away, or set it where it is needed: ALTER ROLE … SET, ALTER TABLE … SET. Exempt a cluster for which it is meant.",
  url: "https://www.postgresql.org/docs/current/config-setting.html",
});
