import assert from "node:assert/strict";
import { endOf } from "./exportJobs";
import type { Networked } from "./networked";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

/** Labels that Kubernetes gives to a Job's pods by itself. */
const given = /(^|\/)(controller-uid|job-name)$/;

/** Has a Job of the stack, whose name begins so, done once more under its name; fails if it fails, or takes longer. */
export async function doAgain(on: Networked, prefix: string, seconds: number): Promise<void> {
  const { namespace } = on;
  const { cluster } = on.used;
  const all = await cluster.list("batch/v1", "Job", { namespace });
  const [found, ...more] = all.filter(({ metadata }) => metadata.name.startsWith(prefix));
  const names = all.map(({ metadata }) => metadata.name).join();
  assert(found !== undefined && more.length === 0, `one Job ${prefix} of ${names}`);
  const { apiVersion, kind, metadata } = found;
  const { selector: _, template, ...rest } = found.spec as { selector?: unknown; template: Template };
  const ref = { apiVersion, kind, name: metadata.name, namespace };
  await cluster.remove(ref, { propagation: "Foreground" });
  await cluster.gone(ref);
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([label]) => !given.test(label));
  const once = { backoffLimit: 0, activeDeadlineSeconds: seconds };
  await cluster.create({
    ...{ apiVersion, kind, metadata: { name: metadata.name, namespace } },
    spec: { ...rest, ...once, template: { ...template, metadata: { labels: Object.fromEntries(labels) } } },
  });
  const { ok, log } = await endOf(cluster, namespace, metadata.name);
  assert(ok, `Job ${metadata.name}: ${log.trim().slice(-300)}`);
}
