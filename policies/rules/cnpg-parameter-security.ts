import { parameterRule } from "../core/parameterRule";

export default parameterRule("security", {
  title: "No parameter of Postgres weakens passwords, encryption or rights.",
  severity: "high",
  tags: ["security"],
  why: "CNPG's defaults are scram-sha-256 and TLS 1.3, and its webhook takes everything else.",
  remedy: "Take the parameter away.",
  url: "https://www.postgresql.org/docs/current/runtime-config-connection.html",
});
