import { storesOf } from "../core/backup";
import { CLUSTER, DATABASE_ROLE, OBJECT_STORE } from "../core/cluster";
import { passwordUses } from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-secret-in-open",
  title: "A Secret that a Cluster reads is not kept in plain text in a file.",
  severity: "medium",
  tags: ["secrets", "security"],
  why: "A Secret's data is base64, which is no encryption, and stringData is not even that: whoever reads the repository, its backups or its history has the password of the role or the key of the archive.",
  remedy:
    "Let External Secrets, Sealed Secrets or SOPS fill it, or leave the Secret of the first database's owner to CNPG; then change what was in the open.",
  url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  types: [CLUSTER, DATABASE_ROLE, OBJECT_STORE],
  judge({ stack, report, part }) {
    const told = new Set<Resource>();
    const judged = (namespace: string | undefined, name: string, keys: readonly string[], what: string) => {
      const secret = stack.find("Secret", namespace, name);
      // A program's Secret is in no file, and what comes from a live cluster is not one that somebody keeps.
      if (secret === undefined || secret.origin.urn !== undefined || told.has(secret)) return;
      if (secret.view.at("metadata", "uid").exists || secret.view.at("sops").exists) return;
      for (const field of ["stringData", "data"])
        for (const key of keys) {
          const at = secret.view.at(field, key);
          if (!at.exists || at.unknown || (at.scalar() ?? "") === "") continue;
          told.add(secret);
          report(
            secret,
            at,
            `${what} stands here for everyone who reads this file. Fill it from outside, and change it.`,
          );
          return;
        }
    };
    for (const { resource, secret, role } of passwordUses(stack, part))
      judged(resource.namespace, secret, ["password"], `the password of the role "${role}"`);
    for (const resource of [CLUSTER, OBJECT_STORE].flatMap((type) => stack.ofType(type)))
      part(() => {
        for (const store of storesOf(resource))
          for (const [credentials, field] of [
            ["s3Credentials", "secretAccessKey"],
            ["azureCredentials", "storageKey"],
            ["azureCredentials", "storageSasToken"],
            ["azureCredentials", "connectionString"],
            ["googleCredentials", "applicationCredentials"],
          ] as const) {
            const reference = store.at(credentials, field);
            const [name, key] = ["name", "key"].map((one) => known(() => reference.partial(one)));
            if (name !== undefined && key !== undefined)
              judged(resource.namespace, name, [key], "the key of the archive");
          }
      });
  },
});
