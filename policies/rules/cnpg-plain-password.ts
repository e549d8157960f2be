import { storesOf } from "../core/backup";
import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { initdbStatements } from "../core/extensions";
import { resourceRule } from "../core/rule";
import { hasPassword } from "../core/s3";
import { setsPassword } from "../core/sqlPasswords";
import type { View } from "../core/view";

/** Variables that hold a secret in themselves; others of these tools name a file or an account. */
const secretVariables = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_SAS_TOKEN",
  "AZURE_STORAGE_CONNECTION_STRING",
  "AZURE_CLIENT_SECRET",
  "PGPASSWORD",
];

export default resourceRule({
  id: "cnpg-plain-password",
  title: "Passwords and keys of a Cluster or an ObjectStore are references to Secrets.",
  severity: "high",
  tags: ["secrets", "security"],
  why: "connectionParameters, env, endpointURL, pg_hba and the SQL of bootstrap are plain texts of the resource: whoever may read the Cluster reads them, in the API server, in Git and in every backup of either.",
  remedy:
    "Write a password as externalClusters[].password: {name, key}, a variable with valueFrom.secretKeyRef, and a role's password in spec.managed.roles with passwordSecret, or in a DatabaseRole; then change what has been in the open.",
  url: "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#externalcluster",
  types: [CLUSTER, OBJECT_STORE],
  judge({ resource, view, report, part }) {
    const spec = view.at("spec");
    part(() => {
      for (const external of spec.list("externalClusters"))
        part(() => {
          for (const name of external.knownKeys("connectionParameters")) {
            if (name !== "password" && name !== "sslpassword") continue;
            const parameter = external.at("connectionParameters", name);
            if (!parameter.unknown && parameter.scalar() === "") continue;
            report(
              parameter,
              `is a secret in the open. Put it into a Secret and write ${name === "password" ? "externalClusters[].password" : "externalClusters[].sslKey"} with its name and key.`,
            );
          }
        });
    });
    const env: View =
      resource.type === CLUSTER ? spec.at("env") : spec.at("instanceSidecarConfiguration", "env");
    part(() => {
      for (const variable of env.list())
        part(() => {
          const name = variable.text("name") ?? "";
          const value = variable.at("value");
          if (!secretVariables.includes(name) || !value.exists) return;
          if (!value.unknown && value.scalar() === "") return;
          report(value, `${name} is a secret in the open. Write valueFrom.secretKeyRef instead.`);
        });
    });
    for (const store of storesOf(resource))
      part(() => {
        const at = store.at("endpointURL");
        if (hasPassword(at.text() ?? ""))
          report(
            at,
            "has a password in it, in the open. Take it out, and name keys of a Secret in the credentials.",
          );
      });
    if (resource.type === OBJECT_STORE) return;
    for (const path of initdbStatements)
      part(() => {
        for (const statement of spec.list("bootstrap", "initdb", ...path))
          part(() => {
            if (setsPassword(statement))
              report(
                statement,
                "has a password in the open. Write the role in spec.managed.roles or a DatabaseRole, with passwordSecret.",
              );
          });
      });
    part(() => {
      for (const line of spec.list("postgresql", "pg_hba"))
        part(() => {
          if (/\bldapbindpasswd\s*=\s*"?[^\s"]/i.test(line.text() ?? ""))
            report(
              line,
              "ldapbindpasswd is a secret in the open. Write spec.postgresql.ldap.bindSearchAuth with bindPassword.",
            );
        });
    });
  },
});
