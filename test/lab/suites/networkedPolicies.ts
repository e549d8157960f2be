import assert from "node:assert/strict";
import type { Allowance } from "../../../components/plan/network";
import { forgetConnections, inForce } from "../../../lab/enforcement";
import type { Networked } from "./networked";

/** An allowance of a policy, by the policy's name and what the allowance is for. */
export interface Allowed {
  readonly policy: string;
  readonly namespace: string;
  readonly direction: Allowance["direction"];
  readonly why: string;
  readonly ports: readonly number[];
  /** Which it is among those of its direction. */
  readonly index: number;
}

/** Every allowance that a stack has. */
export function allowancesOf({ network }: Networked): Allowed[] {
  return network.rules.flatMap(({ name, namespace, allows }) => {
    const counts = { ingress: 0, egress: 0 };
    return allows.map(({ direction, why, ports }) => ({
      policy: name,
      namespace,
      direction,
      why,
      ports: ports.flatMap(({ number }) => number ?? []),
      index: counts[direction]++,
    }));
  });
}

export const named = ({ policy, direction, why }: Allowed): string =>
  `${policy} ${direction === "ingress" ? "in" : "out"}: ${why}`;

interface Spec {
  readonly ingress?: readonly unknown[];
  readonly egress?: readonly unknown[];
}

/** Does something while some allowances are taken away, of connections that stand too, and puts them back, whatever comes of it. */
export async function without<T>(
  { used: { cluster } }: Networked,
  taken: readonly Allowed[],
  work: () => Promise<T>,
): Promise<T> {
  const refOf = ({ namespace, policy: name }: Allowed) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    name,
    namespace,
  });
  const policies = new Map(taken.map((each) => [`${each.namespace}/${each.policy}`, refOf(each)]));
  const before = await Promise.all(
    [...policies].map(async ([key, ref]) => {
      const { ingress = [], egress = [] } = ((await cluster.get(ref)) ?? assert.fail(`no ${key}`))
        .spec as Spec;
      return { key, ref, whole: { ingress, egress } };
    }),
  );
  const begun = Date.now();
  for (const { key, ref, whole } of before) {
    const rest = (direction: Allowance["direction"]) =>
      whole[direction].filter(
        (_, i) =>
          !taken.some(
            (each) =>
              `${each.namespace}/${each.policy}` === key && each.direction === direction && each.index === i,
          ),
      );
    await cluster.patch(ref, { spec: { ingress: rest("ingress"), egress: rest("egress") } });
  }
  try {
    await inForce(begun);
    // Connections that stand are let go on. Those to the API server would be broken for everybody, by the Service's address.
    const ports = taken.flatMap((each) => each.ports).filter((port) => port !== 53 && port !== 6443);
    for (const port of new Set(ports)) await forgetConnections({ port });
    return await work();
  } finally {
    const since = Date.now();
    for (const { ref, whole } of before) await cluster.patch(ref, { spec: whole });
    await inForce(since);
  }
}
