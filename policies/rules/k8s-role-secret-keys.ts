import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import { contentOf, type PasswordUse, passwordUses, secretSources } from "../core/passwordSecrets";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-role-secret-keys",
  title:
    "The Secret with a role's password has the keys username and password, and its username is the role.",
  severity: "high",
  tags: ["roles", "secrets"],
  why: "CNPG sets a role's password only from a Secret with both keys, whose username is the role's name (internal/management/utils/secrets.go and controller/roles/runnable.go). With another Secret the role stays without a password, or with its old one, and applications can't log in.",
  remedy:
    "Give the Secret the type kubernetes.io/basic-auth with username and password, and the role's name as username.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/#password-management",
  types: [CLUSTER, DATABASE_ROLE],
  judge({ stack, report, part }) {
    const find = secretSources(stack);
    const told = new Set<string>();
    const first = new Map<string, PasswordUse>();
    for (const use of passwordUses(stack, part)) {
      const { resource, secret, role, trims, at: where } = use;
      const sources = find(resource.namespace, secret);
      // A Secret that can't be seen has one username all the same.
      const place = `${resource.namespace ?? ""}/${secret}`;
      const other = first.get(place) ?? use;
      first.set(place, other);
      if (sources.length === 0 && other.role.trim() !== role.trim())
        report(
          resource,
          where,
          `"${secret}" is also the Secret of the role "${other.role}", and its username can be only one of them. Write a Secret of its own for "${role}".`,
        );
      for (const source of sources)
        part(() => {
          const once = `${source.called} ${source.type} ${role}`;
          if (told.has(once)) return;
          told.add(once);
          const { keys, at, username } = contentOf(source);
          const missing = keys === undefined ? [] : ["username", "password"].filter((key) => !keys.has(key));
          if (missing.length > 0)
            report(
              source,
              at,
              `${resource.called} reads the password of the role "${role}" here, and ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing. CNPG takes the password from the keys username and password only.`,
            );
          if (username === undefined || username.value === role) return;
          const sameButBlanks = username.value.trim() === role.trim();
          if (sameButBlanks && trims) return;
          report(
            source,
            username.at,
            sameButBlanks
              ? `the user name has a blank or a line break at an end, and CNPG compares it with the role "${role}" as it is. Encode it without one: printf %s ${role} | base64.`
              : `the user name is not the role "${role}" that ${resource.called} reads it for, so CNPG refuses the Secret. Write the role's name.`,
          );
        });
    }
  },
});
