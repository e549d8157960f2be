import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { declaredRoles } from "../core/roles";
import { resourceRule } from "../core/rule";

/** Attributes of roles, by the field that sets them. */
const attributes = ["bypassrls", "createdb", "createrole", "inherit", "login", "replication", "superuser"];

export default resourceRule({
  id: "cnpg-role-attribute-group",
  title: "inRoles names roles, and attributes such as createdb have fields of their own.",
  severity: "high",
  tags: ["roles"],
  why: "inRoles becomes `GRANT <role> TO <role>`. There is no role createdb or replication, so Postgres refuses it, CNPG can't reconcile the role, and nothing of the role is applied.",
  remedy: "Write the attribute as a field of the role, such as createdb: true, and leave it out of inRoles.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/",
  types: [CLUSTER, DATABASE_ROLE],
  judge({ resource, report, part }) {
    const roles = declaredRoles(resource);
    const declared = new Set(
      roles.flatMap((role) => (role.unknown || role.at("name").unknown ? [] : (role.text("name") ?? []))),
    );
    for (const role of roles)
      part(() => {
        for (const group of role.list("inRoles"))
          part(() => {
            const name = group.text() ?? "";
            // Somebody may have made a role of this name.
            if (!attributes.includes(name) || declared.has(name)) return;
            report(
              group,
              `"${name}" is an attribute and no role. Write ${name}: true beside inRoles, and remove it here.`,
            );
          });
      });
  },
});
