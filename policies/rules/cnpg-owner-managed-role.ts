import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-owner-managed-role",
  title: "The password of the first database's owner comes from one Secret.",
  severity: "medium",
  tags: ["roles", "secrets"],
  why: "CNPG sets the owner's password from the Secret of bootstrap.initdb, or from <cluster>-app, which it makes. managed.roles sets it from a Secret of its own. Whichever comes last is in force, and applications that read the other one can't log in.",
  remedy: "Name one Secret in both places, or take the owner out of managed.roles.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/",
  types: [CLUSTER],
  judge({ resource, view, report, part }) {
    const initdb = view.at("spec", "bootstrap", "initdb");
    if (!initdb.exists || initdb.text("import", "type") === "monolith") return;
    const owner = initdb.partial("owner") ?? initdb.partial("database") ?? "app";
    const secret = initdb.partial("secret", "name") ?? `${resource.name ?? "<cluster>"}-app`;
    for (const role of view.list("spec", "managed", "roles"))
      part(() => {
        if (!role.at("name").is(owner)) return;
        const at = role.at("passwordSecret", "name");
        if (!at.exists || at.is(secret)) return;
        report(
          at,
          `is "${at.partial()}", and bootstrap.initdb sets the password of "${owner}" from "${secret}": each undoes the other. Write "${secret}", or name this one in bootstrap.initdb.secret.`,
        );
      });
  },
});
