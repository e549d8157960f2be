import assert from "node:assert/strict";
import { readLab } from "../../../lab/description";

type Settings = Readonly<Record<string, unknown>>;

/** Whether every stack of the suites is to have its network policies in force: `LAB_ENFORCE=1 npm run test:lab …`. */
export const isEnforcing = process.env.LAB_ENFORCE === "1";

/** The node, which the API server is on, and this machine, as pods see them. */
export function addressesOf(lab = readLab()): { readonly node: string; readonly machine: string } {
  const { fromHere, thisMachine } = lab?.stores ?? {};
  assert(fromHere !== undefined && thisMachine !== undefined, "a lab of the tier node");
  return { node: new URL(fromHere.s3).hostname, machine: thisMachine };
}

/** Settings of an environment whose policies are in force. */
export function enforcedEnvironment(more: Settings = {}): Settings {
  const { node, machine } = addressesOf();
  const apiServer = { cidrs: [`${node}/32`, `${machine}/32`], port: 6443 };
  return { policies: "enforce", apiServer, ...more };
}

/**
 * A cluster's settings with the emulator of Cloud Storage among its destinations, and what tests serve on this machine: no policy that is
 * meant for Google's addresses allows those.
 */
export function withEmulator(cluster: Settings): Settings {
  const { machine } = addressesOf();
  return {
    ...cluster,
    network: { destinations: [{ namespace: "object-store" }, { cidr: `${machine}/32` }] },
  };
}
