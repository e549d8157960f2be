import { parameterRule } from "../core/parameterRule";

export default parameterRule("operation", {
  title: "No parameter of Postgres stops what a cluster lives by: autovacuum and replication.",
  severity: "high",
  tags: ["availability"],
  why: "Without autovacuum tables grow, queries get slow, and in the end Postgres stops to prevent a wraparound. Without WAL senders and slots there are no replicas.",
  remedy: "Take the parameter away.",
  url: "https://www.postgresql.org/docs/current/routine-vacuuming.html",
});
