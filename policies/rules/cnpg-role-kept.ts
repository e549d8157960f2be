import { DATABASE_ROLE } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-role-kept",
  title: "A DatabaseRole object in production does not drop its role when it is deleted.",
  severity: "medium",
  tags: ["availability"],
  why: "With databaseRoleReclaimPolicy: delete the role goes with the object, and whoever uses it is locked out: a resource that is renamed or pruned is enough.",
  remedy:
    "Write databaseRoleReclaimPolicy: retain, the default. To end a role, write login: false, then take the object out, and drop the role in Postgres.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/",
  types: [DATABASE_ROLE],
  productionOnly: true,
  judge({ view, report }) {
    const policy = view.at("spec", "databaseRoleReclaimPolicy");
    if (policy.text() === "delete")
      report(policy, "is delete: the role goes with this object. Write retain.");
  },
});
