import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "../cluster/decide";

/** Makes an in-tree backup take a changed key at once. The plugin reads the Secret each time. */
const reloadLabel = { "cnpg.io/reload": "true" };

/** The Secrets with keys to the stores of a cluster: where it archives, and where it is recovered from. */
export function declareStoreSecrets(
  name: string,
  {
    workload: { namespace },
    labels,
    backup,
    recovery,
  }: Pick<ClusterPlan, "workload" | "labels" | "backup" | "recovery">,
  opts: pulumi.CustomResourceOptions,
): Secret[] {
  return [backup?.access.secret, recovery?.access?.secret].flatMap((secret) =>
    secret === undefined
      ? []
      : [
          new Secret(
            // Not below the cluster's name, where the Secrets of its roles are, which can have any name.
            `${name}-${secret.suffix}`,
            {
              metadata: { name: secret.name, namespace, labels: { ...labels, ...reloadLabel } },
              type: "Opaque",
              stringData: pulumi.secret(secret.stringData),
            },
            opts,
          ),
        ],
  );
}
