import { CLUSTER, OBJECT_STORE } from "../core/cluster";
import { resourceRule } from "../core/rule";
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
  why: "connectionParameters and env are plain texts of the resource: whoever may read the Cluster reads them, in the API server, in Git and in every backup of either.",
  remedy:
    "Write a password as externalClusters[].password: {name, key}, and a variable with valueFrom.secretKeyRef; then change what has been in the open.",
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
  },
});
