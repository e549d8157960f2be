import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { Workload } from "../identity/workload";
import { applicationContent, roleContent, type SecretContent } from "./content";
import { reloadLabel } from "./externalSecrets";
import type { ApplicationPlan, LoginPlan, PasswordSource } from "./plan";

/** Passwords that Pulumi has made, by the user that they are of. */
export type Passwords = Map<string, pulumi.Output<string>>;

/**
 * The Secret of a user whose password Pulumi makes: the password is drawn once for each rotation, and is a secret in the
 * state.
 */
export function declareLogin(
  name: string,
  workload: Workload,
  login: LoginPlan,
  labels: Readonly<Record<string, string>>,
  passwords: Passwords,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const { source } = login;
  if (source.kind !== "random") throw new Error(`the password of ${login.role} is not made by Pulumi`);
  const password = declarePassword(name, source, opts.parent);
  passwords.set(login.role, password);
  return new Secret(
    name,
    {
      metadata: {
        name: login.secretName,
        namespace: workload.namespace,
        labels: { ...labels, ...reloadLabel },
      },
      type: "kubernetes.io/basic-auth",
      stringData: filled(roleContent(workload, login), password),
    },
    opts,
  );
}

function declarePassword(
  name: string,
  { length, rotation }: Extract<PasswordSource, { kind: "random" }>,
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  const { result } = new RandomPassword(
    name,
    {
      // 32 of 62 characters are 190 bits; without punctuation nothing needs escaping anywhere.
      length,
      special: false,
      ...(rotation > 1 && { keepers: { rotation: String(rotation) } }),
    },
    parent === undefined ? {} : { parent },
  );
  return result;
}

/** The Secret of an application, in its own namespace. */
export function declareApplication(
  name: string,
  workload: Workload,
  application: ApplicationPlan,
  labels: Readonly<Record<string, string>>,
  passwords: Passwords,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const password = passwords.get(application.login.role);
  if (password === undefined) throw new Error(`${application.login.role} has no password here`);
  return new Secret(
    name,
    {
      metadata: { name: application.secretName, namespace: application.namespace, labels: { ...labels } },
      type: "kubernetes.io/basic-auth",
      stringData: filled(applicationContent(workload, application), password),
    },
    opts,
  );
}

function filled(
  content: SecretContent,
  password: pulumi.Output<string>,
): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [
      key,
      typeof value === "string"
        ? value
        : password.apply((raw) => value({ raw, encoded: encodeURIComponent(raw) })),
    ]),
  );
}
