import * as pulumi from "@pulumi/pulumi";
import { missingKind } from "../watch/advice";
import { servesKind } from "../watch/servedKinds";
import { perWatching } from "./perWatching";
import { reach, waitVariable } from "./reach";
import { kubeconfigOf } from "./settled";

/**
 * Before something is made, in a preview too: whether the Kubernetes cluster knows its kind, as far as it can be asked. The provider
 * says so only when it makes it, after what comes before it has been made.
 */
export const servedKinds = perWatching("pulumi-cnpg-served-kinds", (hookName, watching) => {
  const asked = new Map<string, Promise<boolean | undefined>>();
  const ask = async (apiVersion: string, kind: string) => {
    const { http } = await reach(await kubeconfigOf(watching));
    return servesKind(http, apiVersion, kind);
  };
  return new pulumi.ResourceHook(
    hookName,
    async ({ newInputs, name }) => {
      if (process.env[waitVariable] === "off") return;
      const { apiVersion = "", kind = "" } = (newInputs ?? {}) as { apiVersion?: string; kind?: string };
      const key = `${apiVersion} ${kind}`;
      // A cluster that can't be asked is the provider's to complain of.
      const known = asked.get(key) ?? ask(apiVersion, kind).catch(() => undefined);
      asked.set(key, known);
      if ((await known) === false) throw new Error(`${name}: refused, ${missingKind(apiVersion, kind)}`);
    },
    { onDryRun: true },
  );
});
