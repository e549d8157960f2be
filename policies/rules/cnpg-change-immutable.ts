import { BACKUP, CLUSTER, DATABASE, DATABASE_ROLE, POOLER, SCHEDULED_BACKUP } from "../core/cluster";
import { changeRule } from "../core/rule";

/** Fields that the definitions, or CNPG's webhook, keep as they are. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  [CLUSTER]: ["serviceAccountName", "postgresUID", "postgresGID"],
  [DATABASE]: [
    ...["name", "cluster.name", "template", "encoding", "locale", "localeProvider", "localeCollate"],
    ...["localeCType", "icuLocale", "icuRules", "builtinLocale", "collationVersion"],
  ],
  [DATABASE_ROLE]: ["name", "cluster.name"],
  [POOLER]: ["cluster.name", "serviceAccountName"],
  [SCHEDULED_BACKUP]: ["cluster.name"],
  [BACKUP]: ["cluster.name", "method", "target", "online"],
  "Publication.postgresql.cnpg.io": ["name", "cluster.name", "dbname", "target.allTables"],
  "Subscription.postgresql.cnpg.io": ["name", "cluster.name", "dbname"],
};

export default changeRule({
  id: "cnpg-change-immutable",
  title: "Fields that Kubernetes refuses to change stay as they are.",
  severity: "medium",
  tags: ["change", "schema"],
  why: "The definitions of CNPG's kinds have rules that refuse a change of these fields, so that the update fails half way, and in GitOps stops what is applied in one go.",
  remedy:
    "Write the old value; for another one make a new resource under another name, and delete the old one once it is not needed.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
  types: Object.keys(fixed),
  judge({ resource, view, before, report, part }) {
    for (const field of fixed[resource.type] ?? [])
      part(() => {
        const path = ["spec", ...field.split(".")];
        const [was, is] = [before.view.scalar(...path), view.scalar(...path)];
        // The rules hold where a field is there before and after.
        if (was === undefined || is === undefined || was === is) return;
        report(view.at(...path), `was "${was}", and a change to "${is}" is refused. Write the old value.`);
      });
  },
});
