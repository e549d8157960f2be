import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { declaredRoles } from "../core/roles";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-role-superuser",
  title: "No declared role is a superuser.",
  severity: "high",
  tags: ["security"],
  why: "A superuser reads every database, runs programs in the container, and can read the instance's service account token with it.",
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
  },
});
