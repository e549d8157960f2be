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
 * The Secret of a role: `username` and `password`, as CNPG needs them, and how to connect: `host`, `port`, `dbname`
 * and a URL-encoded `uri` for the primary. The password is generated once and is a secret in Pulumi's state.
 */
export function declareCredentials(
  name: string,
  workload: Workload,
  owner: OwnerPlan,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): Secret {
  const { parent } = opts;
  // 32 of 62 characters are 190 bits; without punctuation nothing needs escaping anywhere.
  const password = new RandomPassword(
    name,
    { length: 32, special: false },
    parent === undefined ? {} : { parent },
  );
  const host = workload.host("rw");
  const { role: user, database } = owner;
  return new Secret(
    name,
    {
      metadata: {
        name: owner.secretName,
        namespace: workload.namespace,
        labels: { ...labels, ...reloadLabel },
      },
      type: "kubernetes.io/basic-auth",
      stringData: {
        username: user,
        password: password.result,
        host,
        port: String(postgresPort),
        dbname: database,
        uri: password.result.apply((text) =>
          connectionUri({ user, password: text, host, port: postgresPort, database }),
        ),
      },
    },
    opts,
  );
}
