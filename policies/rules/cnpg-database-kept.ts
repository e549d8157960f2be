import { DATABASE } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-database-kept",
  title: "A Database object in production never drops its database.",
  severity: "high",
  tags: ["data-loss"],
  why: "ensure: absent drops the database at once. With databaseReclaimPolicy: delete, deleting the object drops it: a folder that is moved, a Flux Kustomization that prunes, a renamed resource is enough.",
  remedy:
    "Write databaseReclaimPolicy: retain and ensure: present, the defaults, and drop databases by hand.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_database_management/",
  types: [DATABASE],
  productionOnly: true,
  judge({ view, report, part }) {
    part(() => {
      const ensure = view.at("spec", "ensure");
      if (ensure.text() === "absent") report(ensure, "is absent, which drops the database. Write present.");
    });
    part(() => {
      const policy = view.at("spec", "databaseReclaimPolicy");
      if (policy.text() === "delete")
        report(policy, "is delete: the database goes with this object. Write retain.");
    });
  },
});
