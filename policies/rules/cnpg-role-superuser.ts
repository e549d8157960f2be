import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { declaredRoles } from "../core/roles";
import { resourceRule } from "../core/rule";

/** Roles by which one gets to superuser: its own (SET ROLE), and those for files and programs of the server ("Predefined Roles"). */
const asGood = new Set([
  "pg_execute_server_program",
  "pg_read_server_files",
  "pg_write_server_files",
  "postgres",
]);

export default resourceRule({
  id: "cnpg-role-superuser",
  title: "No declared role is a superuser, nor as good as one.",
  severity: "high",
  tags: ["security"],
  why: "A superuser reads every database, runs programs in the container, and can read the instance's service account token with it. So does, in the end, who may run programs there, or read or write its files.",
  remedy: "Take superuser: true away and give the role what it needs: createdb, createrole, inRoles.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/",
  types: [CLUSTER, DATABASE_ROLE],
  judge({ resource, report, part }) {
    for (const role of declaredRoles(resource))
      part(() => {
        if (role.flag("superuser") !== true) return;
        report(
          role.at("superuser"),
          `makes "${role.text("name") ?? ""}" a superuser. Take it away and grant what the role needs.`,
        );
      });
    for (const role of declaredRoles(resource))
      part(() => {
        // What is not known as a whole was told of above.
        if (role.unknown) return;
        for (const group of role.list("inRoles"))
          part(() => {
            const name = group.text() ?? "";
            if (!asGood.has(name)) return;
            report(
              group,
              `makes "${role.text("name") ?? ""}" a member of ${name}, by which it becomes a superuser if it wants to. Take it away.`,
            );
          });
      });
  },
});
