import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { EXTERNAL_SECRET, passwordUses, secretSources } from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "eso-role-secret-kept",
  title: "External Secrets creates the Secret with a role's password, and keeps it when the source is gone.",
  severity: "medium",
  tags: ["roles", "secrets"],
  why: "With deletionPolicy: Delete the Secret goes as soon as the provider has no value for it, and the role's password can't be reconciled nor read by applications. With creationPolicy Merge or None External Secrets does not create it at all.",
  remedy:
    "Leave out deletionPolicy (Retain) and creationPolicy (Owner), or write Orphan where the Secret has to outlive the ExternalSecret.",
  url: "https://external-secrets.io/latest/guides/ownership-deletion-policy/",
  types: [EXTERNAL_SECRET],
  judge({ stack, report, part }) {
    const find = secretSources(stack);
    const told = new Set<Resource>();
    for (const { resource, secret, role } of passwordUses(stack, part)) {
      const sources = find(resource.namespace, secret);
      for (const source of sources)
        part(() => {
          if (source.type !== EXTERNAL_SECRET || told.has(source)) return;
          told.add(source);
          const target = source.view.at("spec", "target");
          if (target.text("deletionPolicy") === "Delete")
            report(
              source,
              target.at("deletionPolicy"),
              `"Delete" takes the password of the role "${role}" away when the provider has no value. Write "Retain".`,
              undefined,
              [{ path: target.at("deletionPolicy").path, value: "Retain" }],
            );
          const creation = target.text("creationPolicy");
          if (creation !== "Merge" && creation !== "None") return;
          // The operator makes these two itself, and to merge into them is what its documentation shows.
          const own = [CLUSTER, DATABASE_ROLE].includes(resource.type) && /-(app|superuser)$/.test(secret);
          if (own || sources.length > 1) return;
          report(
            source,
            target.at("creationPolicy"),
            `"${creation}" does not create the Secret ${secret}, and nothing else here does. Write "Owner".`,
            "unless elsewhere",
          );
        });
    }
  },
});
