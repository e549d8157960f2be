import * as pulumi from "@pulumi/pulumi";
import { look } from "../watch/look";
import { perWatching } from "./perWatching";
import { reach } from "./reach";
import { kubeconfigOf, type Watching } from "./settled";

/** What the instances of clusters had loaded before this update changed their parameters. */
export interface Configurations {
  /** For a Cluster, before it is updated. */
  readonly note: pulumi.ResourceHook;
  /** Hash of the configuration by pod; undefined where its parameters did not change. */
  of(namespace: string, cluster: string): ReadonlyMap<string, string> | undefined;
}

/**
 * Nothing in a Cluster's status says with what parameters its Postgres runs, and one that refuses a value goes on with the
 * former ones. The instances tell a hash of what they have loaded: after a change it has to be another one.
 */
export const configurations = perWatching("pulumi-cnpg-note-configuration", create);

function create(name: string, watching: Watching): Configurations {
  const noted = new Map<string, ReadonlyMap<string, string>>();
  return {
    note: new pulumi.ResourceHook(name, async ({ oldInputs, newInputs, oldOutputs }) => {
      const { metadata } = (oldOutputs ?? {}) as {
        metadata?: { uid?: string; namespace: string; name: string };
      };
      if (metadata?.uid === undefined) return;
      const [before, after] = [oldInputs, newInputs].map((inputs) =>
        JSON.stringify(inputs?.spec?.postgresql?.parameters ?? {}),
      );
      if (before === after) return;
      const { namespace, name: cluster } = metadata;
      const { http } = await reach(await kubeconfigOf(watching));
      const { instances } = await look(http, { namespace, cluster }, false, 0);
      noted.set(
        `${namespace}/${cluster}`,
        new Map(
          [...instances].map(([pod, said]) => [
            pod,
            typeof said === "string" ? "" : (said.loadedConfigurationHash ?? ""),
          ]),
        ),
      );
    }),
    of: (namespace, cluster) => noted.get(`${namespace}/${cluster}`),
  };
}
