import * as pulumi from "@pulumi/pulumi";
import { schemasOf, unknownFields } from "../watch/knownFields";
import { askedOnce } from "./asked";
import { installing } from "./installing";
import { perWatching } from "./perWatching";
import { waitVariable } from "./reach";

/**
 * Before an object of CNPG's kinds is made or changed, in a preview too: whether the definitions on the Kubernetes cluster know
 * each of its fields. With definitions that are older than the operator, as after a Helm upgrade, fields are dropped in silence.
 */
export const knownFields = perWatching("pulumi-cnpg-known-fields", (hookName, watching) => {
  const schemas = askedOnce(watching, schemasOf);
  return new pulumi.ResourceHook(
    hookName,
    async ({ newInputs, name }) => {
      if (process.env[waitVariable] === "off" || (pulumi.runtime.isDryRun() && installing().yes)) return;
      const object = (newInputs ?? {}) as { apiVersion?: string; kind?: string };
      const { apiVersion = "", kind = "" } = object;
      const schema = (await schemas(apiVersion))?.get(kind);
      const unknown = schema === undefined ? [] : unknownFields(schema, object as Record<string, unknown>);
      if (unknown.length === 0) return;
      throw new Error(
        `${name}: refused, the definition of ${kind} on the Kubernetes cluster has no ${unknown.slice(0, 5).join(", ")}, and would drop ` +
          "it without a word. To do: its definitions (CRDs) are older than these settings are for: apply those of the operator's or the " +
          "plugin's release, which Helm does not do by itself",
      );
    },
    { onDryRun: true },
  );
});
