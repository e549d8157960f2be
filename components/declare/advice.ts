import * as pulumi from "@pulumi/pulumi";
import { adviceOn } from "../watch/advice";
import { perProgram } from "./perProgram";

/** For every Kubernetes object that a component makes: says what to do where its creation or its update fails. */
export const adviceHook = perProgram(
  () =>
    new pulumi.ErrorHook("pulumi-cnpg-advice", async ({ newInputs, errors, urn }) => {
      const { kind = "", apiVersion = "", metadata = {} } = newInputs ?? {};
      const { name = "", namespace } = metadata as { name?: string; namespace?: string };
      const advice = adviceOn({ kind, apiVersion: apiVersion || groupOf(urn), name, namespace, errors });
      if (advice !== undefined) await pulumi.log.error(advice);
      return false;
    }),
);

/** `core/v1` of `…kubernetes:core/v1:Secret::…`, for typed resources, whose inputs may lack it. */
function groupOf(urn: string): string {
  return /kubernetes:([^:]+):[^:]+::/.exec(urn)?.[1] ?? "";
}
