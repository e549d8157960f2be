import { version as installed } from "@pulumi/policy/package.json";
import type { Pack } from "../policies";
import { type SecretsOf, secretsByUrn } from "../wire";
import { beforeComparing } from "./comparing";
import { askConcernedOnly } from "./concerned";
import { readOnce } from "./resources";
import { readStructsAsValues } from "./structs";

/*
 * What makes the policy SDK faster by reaching into it. Each patch can be left out, and with an SDK that they were not tried with all
 * are: the pack then says the same in the SDK's own way, only later. `npm run bench -- --only policies` has the price of each.
 */

/** A patch of the SDK. */
export type Patch = "structs" | "resources" | "comparing" | "concerned";

/** All of them. */
export const allPatches: readonly Patch[] = ["structs", "resources", "comparing", "concerned"];

/** The version of `@pulumi/policy` that the tests run with, by all its patches and by none. */
const tried = "1.21.0";

/** Environment variable with the patches to apply: `none`, or names with commas between them. Default: all. */
export const patchesVariable = "PULUMI_CNPG_POLICY_PATCHES";

/** Which patches to apply, and what a person has to know about it. */
export function choosePatches(
  asked: string | undefined,
  version: string,
): { readonly patches: ReadonlySet<Patch>; readonly note?: string } {
  const none = new Set<Patch>();
  const number = version.replace(/^v/, "");
  if (number !== tried)
    return {
      patches: none,
      note: `pulumi-cnpg: the policy SDK is ${number}; with ${tried} this pack takes less time, by patches that it was tried with`,
    };
  if (asked === undefined || asked === "") return { patches: new Set(allPatches) };
  if (asked === "none") return { patches: none };
  const names = asked.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(allPatches as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(
      `${patchesVariable}: got ${unknown.join(", ")}, expected none, or some of ${allPatches.join(", ")}`,
    );
  return { patches: new Set(names as Patch[]) };
}

/** The patches of this run. Those of how messages are read come before the pack, those of how it is asked after it. */
export function patchSdk(): {
  readonly secretsOf: SecretsOf;
  serve(name: string, version: string, pack: Pack): void;
} {
  const { patches, note } = choosePatches(process.env[patchesVariable], installed);
  if (note !== undefined) console.error(note);
  if (patches.has("structs")) readStructsAsValues();
  return {
    secretsOf: patches.has("resources") ? readOnce() : secretsByUrn(),
    serve: (name, version, { policies, concerned, compare }) => {
      if (patches.has("comparing")) beforeComparing(compare);
      if (patches.has("concerned")) askConcernedOnly(name, version, policies, concerned);
    },
  };
}
