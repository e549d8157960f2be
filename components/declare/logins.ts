import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { applicationContent, roleContent, type SecretContent } from "../credentials/content";
import { reloadLabel } from "../credentials/externalSecrets";
import { type ApplicationPlan, type LoginPlan, type PasswordSource, shownName } from "../plan/logins";
import type { Workload } from "../units/workload";
import { advised } from "./advised";

/** Passwords that Pulumi has made, by the user that they are of. */
export type Passwords = Map<string, pulumi.Output<string>>;

/**
 * The Secret of a user whose password Pulumi makes: the password is drawn once for each rotation, and is a secret in the
 * state. Of a user who is held back it says the password and nothing else, and {@link declareShown} makes the other one.
 *
 * @param name of the cluster in Pulumi
 * @param life of the cluster. Who is held back has another password in each: who knew the former one would come in too
 * early
 */
export function declareLogin(
  name: string,
  workload: Workload,
  login: LoginPlan,
  life: number,
  labels: Readonly<Record<string, string>>,
  passwords: Passwords,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const { source, shownAs } = login;
  if (source.kind !== "random") throw new Error(`the password of ${login.role} is not made by Pulumi`);
  const held = shownAs !== undefined;
  const own = `${name}/${login.role}`;
  const password = declarePassword(own, source, held ? life : undefined, opts.parent);
  passwords.set(login.role, password);
  const { username, password: text, ...more } = roleContent(workload, login);
  return declareSecret(
    // A role can have any name, also that of another one with something before or behind it.
    held ? `${name}.internal/${login.role}` : own,
    { name: login.secretName, namespace: workload.namespace, labels: { ...labels, ...reloadLabel } },
    filled({ username, password: text, ...(!held && more) }, password),
    opts,
  );
}

/** The Secret of a user who was held back, as everybody knows it. */
export function declareShown(
  name: string,
  workload: Workload,
  login: LoginPlan,
  labels: Readonly<Record<string, string>>,
  passwords: Passwords,
  opts: pulumi.CustomResourceOptions,
): Secret {
  return declareSecret(
    name,
    { name: shownName(login), namespace: workload.namespace, labels: { ...labels } },
    filled(roleContent(workload, login), passwordOf(login, passwords)),
    opts,
  );
}

function declarePassword(
  name: string,
  { length, rotation }: Extract<PasswordSource, { kind: "random" }>,
  life: number | undefined,
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  const keepers = {
    ...(rotation > 1 && { rotation: String(rotation) }),
    ...(life !== undefined && { generation: String(life) }),
  };
  const { result } = new RandomPassword(
    name,
    {
      // 32 of 62 characters are 190 bits; without punctuation nothing needs escaping anywhere.
      length,
      special: false,
      ...(Object.keys(keepers).length > 0 && { keepers }),
    },
    parent === undefined ? {} : { parent },
  );
  return result;
}

function passwordOf({ role }: LoginPlan, passwords: Passwords): pulumi.Output<string> {
  const password = passwords.get(role);
  if (password === undefined) throw new Error(`${role} has no password here`);
  return password;
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
  return declareSecret(
    name,
    { name: application.secretName, namespace: application.namespace, labels: { ...labels } },
    filled(applicationContent(workload, application), passwordOf(application.login, passwords)),
    opts,
  );
}

function declareSecret(
  name: string,
  metadata: { name: string; namespace: string; labels: Record<string, string> },
  stringData: Record<string, pulumi.Input<string>>,
  opts: pulumi.CustomResourceOptions,
): Secret {
  return new Secret(
    name,
    { metadata, type: "kubernetes.io/basic-auth", stringData },
    { ...opts, hooks: advised(opts.hooks) },
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
