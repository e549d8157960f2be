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

interface Database {
  readonly applications?: readonly { readonly namespace: string }[];
}

/**
 * A cluster's settings with what no policy allows by itself: the emulator of Cloud Storage, whose address is not one of Google's, what
 * tests serve on this machine, and applications by every way, where a stack declares one and a suite tries all of them.
 */
export function enforcedCluster(cluster: Settings): Settings {
  const { machine } = addressesOf();
  const databases = Object.values((cluster.databases ?? {}) as Readonly<Record<string, Database | null>>);
  const namespaces = databases.flatMap((each) => each?.applications ?? []).map(({ namespace }) => namespace);
  return {
    ...cluster,
    network: {
      destinations: [{ namespace: "object-store" }, { cidr: `${machine}/32` }],
      ...(namespaces.length > 0 && {
        clients: [...new Set(namespaces)].map((namespace) => ({ namespace })),
      }),
    },
  };
}
