import assert from "node:assert/strict";
import { eventually } from "./eventually";
import type { Networked } from "./networked";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: object;
}

/** Labels that Kubernetes gives to a Job's pods by itself. */
const given = /(^|\/)(controller-uid|job-name)$/;

/** Has a Job of the stack, whose name begins so, done once more under its name; fails if it doesn't succeed in that time. */
export async function doAgain(on: Networked, prefix: string, seconds: number): Promise<void> {
  const { namespace } = on;
  const { cluster } = on.used;
  const all = (await cluster.list("batch/v1", "Job", { namespace })).filter(
    ({ metadata }) => metadata.name.startsWith(prefix) && metadata.ownerReferences === undefined,
  );
  const [found, ...more] = all;
  assert(found !== undefined && more.length === 0, `one Job ${prefix}, and not ${all.length}`);
  const { apiVersion, kind, metadata } = found;
  const { selector: _, template, ...rest } = found.spec as { selector?: unknown; template: Template };
  const ref = { apiVersion, kind, name: metadata.name, namespace };
  await cluster.remove(ref, { propagation: "Foreground" });
  await cluster.gone(ref);
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([label]) => !given.test(label));
  await cluster.create({
    ...{ apiVersion, kind, metadata: { name: metadata.name, namespace } },
    spec: {
      ...{ ...rest, backoffLimit: 0 },
      template: {
        metadata: { labels: Object.fromEntries(labels) },
        spec: { ...template.spec, terminationGracePeriodSeconds: 1 },
      },
    },
  });
  await eventually(`Job ${metadata.name}`, seconds, async () => {
    const { succeeded } = ((await cluster.get(ref))?.status ?? {}) as { readonly succeeded?: number };
    return succeeded === 1 ? undefined : "it has not succeeded";
  }).catch(async (error: Error) => {
    const args = ["logs", `job/${metadata.name}`, "-n", namespace, "--all-containers", "--tail=2"];
    const log = await cluster.kubectl(args).catch((none: Error) => none.message);
    throw new Error(`${error.message}: ${log.trim().slice(-300)}`);
  });
}
