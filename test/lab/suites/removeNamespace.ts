import type { Cluster, KubernetesObject } from "../../../lab/cluster";
import { eventually } from "./eventually";
import { cnpg } from "./labStack";

/** Kinds that CNPG puts a finalizer on, for the primary to take away. */
const finalized = ["Database", "Publication", "Subscription", "DatabaseRole"];

/**
 * Removes a namespace with everything in it. Postgres is killed before: its pods may take 1800 seconds to go, and
 * Kubernetes, which finds one in a namespace that is going, may look again after half of that only. CNPG's finalizers are
 * taken away too: an operator that starts at that moment, as another suite may have it, fails at its own webhook, and tries
 * again ever later.
 */
export async function removeNamespace(lab: Cluster, namespace: string): Promise<void> {
  // A Pooler's pods come back as long as it is there.
  for (const kind of ["Pooler", "Cluster"])
    for (const { metadata } of await lab.list(cnpg, kind, { namespace }))
      await lab.remove({ apiVersion: cnpg, kind, name: metadata.name, namespace });
  await eventually(`no pods in ${namespace}`, 300, async () => {
    const pods = await lab.list("v1", "Pod", { namespace });
    if (pods.length === 0) return undefined;
    const all = ["delete", "pods", "--all", "-n", namespace];
    await lab.kubectl([...all, "--force", "--grace-period=0", "--wait=false"]);
    return `there are ${names(pods)}`;
  });
  for (const kind of finalized)
    await eventually(`no ${kind} with a finalizer in ${namespace}`, 120, async () => {
      const objects = await lab.list(cnpg, kind, { namespace });
      const held = objects.filter(({ metadata }) => ((metadata.finalizers ?? []) as string[]).length > 0);
      if (held.length === 0) return undefined;
      const patch = ["--type", "merge", "-p", '{"metadata":{"finalizers":null}}'];
      const resources = held.map(
        ({ metadata }) => `${kind.toLowerCase()}s.postgresql.cnpg.io/${metadata.name}`,
      );
      await lab.kubectl(["patch", ...resources, "-n", namespace, ...patch]);
      return `there are ${names(held)}`;
    });
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  await lab.remove(ref);
  await lab.gone(ref, { timeout: 300 });
}

function names(objects: readonly KubernetesObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join();
}
