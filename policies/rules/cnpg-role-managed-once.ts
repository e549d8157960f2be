import { CLUSTER, DATABASE_ROLE } from "../core/cluster";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "cnpg-role-managed-once",
  title: "A role is declared in one place: in one DatabaseRole, or in the Cluster's managed.roles.",
  severity: "medium",
  tags: ["roles"],
  why: "CNPG applies the Cluster's managed.roles and leaves a DatabaseRole of the same role alone, and of two DatabaseRoles the first; what the other one says, its password too, never arrives (internal/management/controller/databaserole_controller.go).",
  remedy:
    "Take the role out of one of both. To move it, declare the DatabaseRole and take the role out of managed.roles.",
  url: "https://cloudnative-pg.io/documentation/current/declarative_role_management/#coexistence-and-precedence",
  types: [DATABASE_ROLE],
  judge({ stack, report, part }) {
    const inline = new Map<Resource, Set<string>>();
    const first = new Map<string, Resource>();
    for (const role of stack.ofType(DATABASE_ROLE))
      part(() => {
        const at = role.view.at("spec", "name");
        const [name, of] = [at.text(), role.view.partial("spec", "cluster", "name")];
        if (name === undefined || of === undefined) return;
        const cluster = stack.find(CLUSTER, role.namespace, of);
        if (cluster !== undefined && namesIn(cluster, inline).has(name)) {
          report(
            role,
            at,
            `"${name}" is in spec.managed.roles of ${cluster.called} too, which counts: nothing of this is applied. Take it out of one of both.`,
          );
          return;
        }
        const owners = cluster === undefined ? undefined : ownerOf(cluster);
        const password = role.view.at("spec", "passwordSecret", "name");
        if (name === owners?.role && password.text() !== undefined && password.text() !== owners.secret) {
          report(
            role,
            password,
            `is another Secret than "${owners.secret}", from which CNPG sets the password of "${name}", the owner that bootstrap.initdb of ${cluster?.called} names: each undoes the other. Name that one, or none.`,
          );
          return;
        }
        const key = JSON.stringify([role.namespace, of, name]);
        const other = first.get(key);
        if (other === undefined) first.set(key, role);
        else report(role, at, `"${name}" is ${other.called}'s already. Take one of both away.`);
      });
  },
});

/** The owner of the database that a Cluster begins with, and the Secret with its password, as CNPG takes them if they are not said. */
function ownerOf({ name, view }: Resource): { readonly role: string; readonly secret: string } | undefined {
  const initdb = view.at("spec", "bootstrap", "initdb");
  if (!initdb.exists) return undefined;
  const role = initdb.text("owner") ?? initdb.text("database") ?? "app";
  return { role, secret: initdb.text("secret", "name") ?? `${name}-app` };
}

/** Roles that a Cluster's spec names; one that is to be absent is managed too. */
function namesIn(cluster: Resource, known: Map<Resource, Set<string>>): Set<string> {
  let names = known.get(cluster);
  if (names === undefined) {
    const roles = cluster.view.list("spec", "managed", "roles");
    names = new Set(roles.flatMap((role) => role.text("name") ?? []));
    known.set(cluster, names);
  }
  return names;
}
