import * as pulumi from "@pulumi/pulumi";
import { missingKind } from "../watch/advice";
import { servesKind } from "../watch/servedKinds";
import { askedOnce } from "./asked";
import { perWatching } from "./perWatching";
import { waitVariable } from "./reach";

/**
 * Before something is made, in a preview too: whether the Kubernetes cluster knows its kind, as far as it can be asked. The provider
 * says so only when it makes it, after what comes before it has been made.
 */
export const servedKinds = perWatching("pulumi-cnpg-served-kinds", (hookName, watching) => {
  const isServed = askedOnce(watching, (http, question) => {
    const [apiVersion = "", kind = ""] = question.split(" ");
    return servesKind(http, apiVersion, kind);
  });
  return new pulumi.ResourceHook(
    hookName,
    async ({ newInputs, name }) => {
      if (process.env[waitVariable] === "off") return;
      const { apiVersion = "", kind = "" } = (newInputs ?? {}) as { apiVersion?: string; kind?: string };
      if ((await isServed(`${apiVersion} ${kind}`)) === false)
        throw new Error(`${name}: refused, ${missingKind(apiVersion, kind)}`);
    },
    { onDryRun: true },
  );
});
