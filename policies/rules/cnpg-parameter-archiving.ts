import { parameterRule } from "../core/parameterRule";

export default parameterRule("archiving", {
  title: "No parameter of Postgres keeps WAL from the archive.",
  severity: "critical",
  tags: ["backup"],
  why: "CNPG archives by archive_command. With archive_library Postgres does not call it, and with an archive_timeout of 0 the last WAL of a quiet database stays where it is: nothing fails, and there is nothing to recover from. CNPG's webhook takes both.",
  remedy: "Take the parameter away.",
  url: "https://www.postgresql.org/docs/current/runtime-config-wal.html#RUNTIME-CONFIG-WAL-ARCHIVING",
});
