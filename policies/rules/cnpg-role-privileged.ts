import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { known } from "../core/resource";
import { declaredRoles } from "../core/roles";
import { stackRule } from "../core/rule";

const PUBLICATION = "Publication.postgresql.cnpg.io";

export default stackRule({
  id: "cnpg-role-privileged",
  title: "Declared roles do not bypass row security and do not replicate, unless that is their work.",
  severity: "low",
  tags: ["security"],
  why: "bypassrls reads every row whatever policies say; replication can copy the whole cluster.",
  remedy:
    "Take the attribute away, or exempt the resource with what the role is for, such as change data capture.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/",
  levels: { recommended: "disabled" },
  types: [CLUSTER, DATABASE_ROLE],
  judge({ stack, report, part }) {
    // Whoever subscribes to a publication logs in as a role that replicates.
    const publishing = new Set(
      stack.ofType(PUBLICATION).map(({ view }) => known(() => view.partial("spec", "cluster", "name"))),
    );
    for (const resource of [...stack.ofType(CLUSTER), ...stack.ofType(DATABASE_ROLE)])
      part(() => {
        const cluster =
          resource.type === CLUSTER ? resource.name : resource.view.partial("spec", "cluster", "name");
        const attributes = publishing.has(cluster) ? ["bypassrls"] : ["bypassrls", "replication"];
        for (const role of declaredRoles(resource))
          for (const attribute of attributes)
            part(() => {
              if (role.flag(attribute) !== true) return;
              const what =
                attribute === "bypassrls" ? "every row of every table" : "a copy of the whole cluster";
              report(
                resource,
                role.at(attribute),
                `gives "${role.text("name") ?? ""}" ${what}. Take it away unless that is its work.`,
              );
            });
      });
  },
});
