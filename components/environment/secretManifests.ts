import type { PostgresEnvironmentArgs } from "../args/environment";
import { applicationContent, filledWith, roleContent } from "../credentials/content";
import { reloadLabel } from "../credentials/externalSecrets";
import type { SecretContent } from "../plan/logins";
import { decidedEnvironment } from "./decided";

/** A Secret with all that it says in plain text: to be encrypted, never to be stored. */
export interface SecretManifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: { [name: string]: string } };
  type: string;
  stringData: { [key: string]: string };
}

/**
 * The Secrets that GitOps has to make for a role with `credentials.sops`: the role's own, and those of its applications.
 *
 * @param name the environment's name
 * @param of key of the cluster, and the role, or the owner of a database
 * @throws InvalidSettings with every problem of the arguments; Error if there is no such role, or its password comes from
 *   elsewhere
 */
export function secretManifests(
  name: string,
  args: PostgresEnvironmentArgs,
  of: { readonly cluster: string; readonly role: string; readonly password: string },
): SecretManifest[] {
  const { clusters } = decidedEnvironment(name, args);
  const plan = clusters.find(({ key }) => key === of.cluster)?.plan;
  if (plan === undefined)
    throw new Error(
      `there is no cluster ${of.cluster}; there is ${clusters.map(({ key }) => key).join(", ")}`,
    );
  const logins = [...plan.databases.owners, ...plan.roles.logins].filter(
    ({ source }) => source.kind === "sops",
  );
  const login = logins.find(({ role }) => role === of.role);
  if (login === undefined)
    throw new Error(
      `role ${of.role} of ${of.cluster} has no credentials.sops; ` +
        `${logins.map(({ role }) => role).join(", ") || "no role"} has`,
    );
  const { workload } = plan;
  const secret = (
    secretName: string,
    namespace: string,
    labels: Readonly<Record<string, string>>,
    content: SecretContent,
  ): SecretManifest => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secretName, namespace, labels: { ...plan.labels, ...labels } },
    type: "kubernetes.io/basic-auth",
    stringData: filledWith(content, of.password),
  });
  return [
    secret(login.secretName, workload.namespace, reloadLabel, roleContent(workload, login)),
    ...plan.roles.applications
      .filter((application) => application.login.role === login.role)
      .map((application) =>
        secret(application.secretName, application.namespace, {}, applicationContent(workload, application)),
      ),
  ];
}
