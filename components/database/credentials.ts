import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { Workload } from "../identity/workload";
import type { OwnerPlan } from "./decide";
import { connectionUri } from "./sql";

/** The port of every Postgres Service that CNPG makes. */
export const postgresPort = 5432;

/** Makes CNPG apply a changed password at once instead of at its next reconciliation. Any value will do. */
const reloadLabel = { "cnpg.io/reload": "true" };

/**
 * A generated password: made once, and a secret in Pulumi's state.
 *
 * @param life makes it another one when it changes. Default: it stays for as long as the stack does.
 */
export function declarePassword(name: string, parent: pulumi.Resource, life?: number): RandomPassword {
  // 32 of 62 characters are 190 bits; without punctuation nothing needs escaping anywhere.
  const keepers = life === undefined ? {} : { keepers: { generation: String(life) } };
  return new RandomPassword(name, { length: 32, special: false, ...keepers }, { parent });
}

/**
 * The Secret of a role: `username` and `password`, as CNPG needs them, and how to connect: `host`, `port`, `dbname`
 * and a URL-encoded `uri` for the primary.
 */
export function declareCredentials(
  name: string,
  workload: Workload,
  owner: OwnerPlan,
  password: RandomPassword,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const host = workload.host("rw");
  const { role: user, database } = owner;
  return declareSecret(name, workload, owner.secretName, labels, opts, {
    username: user,
    password: password.result,
    host,
    port: String(postgresPort),
    dbname: database,
    uri: password.result.apply((text) =>
      connectionUri({ user, password: text, host, port: postgresPort, database }),
    ),
  });
}

/** The Secret that CNPG takes the same password from while the application's own is not there yet. */
export function declareInternalCredentials(
  name: string,
  workload: Workload,
  { internalSecretName = "", role }: OwnerPlan,
  password: RandomPassword,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const data = { username: role, password: password.result };
  return declareSecret(`${name}/internal`, workload, internalSecretName, labels, opts, data);
}

function declareSecret(
  name: string,
  { namespace }: Workload,
  secretName: string,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
  stringData: { [key: string]: pulumi.Input<string> },
): Secret {
  const metadata = { name: secretName, namespace, labels: { ...labels, ...reloadLabel } };
  return new Secret(name, { metadata, type: "kubernetes.io/basic-auth", stringData }, opts);
}
