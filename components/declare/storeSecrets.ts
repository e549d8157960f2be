import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { StoreSecret } from "../plan/backup";
import type { ClusterPlan } from "../plan/cluster";
import { advised } from "./advised";
import { notingChange } from "./archiveChanges";

/** Makes an in-tree backup take a changed key at once. The plugin reads the Secret each time. */
const reloadLabel = { "cnpg.io/reload": "true" };

type Owner = Pick<ClusterPlan, "workload" | "labels">;

/** The Secrets with keys to the stores of a cluster: where it archives, and where it is recovered from. */
export function declareStoreSecrets(
  name: string,
  plan: Pick<ClusterPlan, keyof Owner | "backup" | "recovery">,
  opts: pulumi.CustomResourceOptions,
): Secret[] {
  const { backup, recovery } = plan;
  return [backup?.access.secret, recovery?.access?.secret].flatMap((secret) =>
    secret === undefined ? [] : [declareStoreSecret(name, plan, secret, reloadLabel, opts)],
  );
}

/** Those of its exports and imports, by what comes after the cluster's name. */
export function declareDumpSecrets(
  name: string,
  plan: Pick<ClusterPlan, keyof Owner | "dumps">,
  opts: pulumi.CustomResourceOptions,
): [string, Secret][] {
  return plan.dumps.secrets.map((secret) => [
    secret.suffix,
    declareStoreSecret(name, plan, secret, {}, opts),
  ]);
}

function declareStoreSecret(
  name: string,
  { workload: { namespace }, labels }: Owner,
  secret: StoreSecret,
  more: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): Secret {
  return new Secret(
    // Not below the cluster's name, where the Secrets of its roles are, which can have any name.
    `${name}-${secret.suffix}`,
    {
      metadata: { name: secret.name, namespace, labels: { ...labels, ...more } },
      type: "Opaque",
      stringData: pulumi.secret(secret.stringData),
    },
    { ...opts, hooks: advised(notingChange(opts.hooks)) },
  );
}
