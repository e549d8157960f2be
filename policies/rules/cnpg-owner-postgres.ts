import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-owner-postgres",
  title: "The application's database belongs to a role of its own and not to postgres.",
  severity: "high",
  tags: ["bootstrap", "roles", "security"],
  why: "An application that logs in as postgres is a superuser: whoever gets into it reads and writes files of the pod. And without enableSuperuserAccess: true CNPG takes the password of postgres away again and again (internal/management/controller/instance_controller.go), also the one from the Secret of the owner: the application is locked out.",
  remedy: "Write the name of a role for the application as owner, and the same as username of its Secret.",
  url: "https://cloudnative-pg.io/documentation/current/bootstrap/#bootstrap-an-empty-cluster-initdb",
  types: [CLUSTER],
  judge({ view, report, part }) {
    for (const method of ["initdb", "recovery", "pg_basebackup"])
      part(() => {
        const bootstrap = view.at("spec", "bootstrap", method);
        const owner = bootstrap.at("owner");
        // A monolithic import makes no database of the application's.
        if (owner.text() !== "postgres" || bootstrap.text("import", "type") === "monolith") return;
        report(
          owner,
          view.flag("spec", "enableSuperuserAccess") === true
            ? '"postgres" makes the application a superuser. Write a role of its own.'
            : '"postgres" has no password as long as enableSuperuserAccess is not true, so the application can\'t log in. Write a role of its own.',
        );
      });
  },
});
