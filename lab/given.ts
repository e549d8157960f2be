import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, type KubernetesObject, openCluster } from "./cluster";
import { answers } from "./controlPlane";
import type { LabDescription } from "./description";
import { LabError } from "./errors";
import { applyAll, objectStores, operator, plugin, rolledOut } from "./install";
import { findProgram } from "./needs";
import type { LabPaths } from "./paths";
import { type Say, step } from "./progress";
import { storesInCluster } from "./settings";
import { attempt, run } from "./shell";

/** Name of the kind cluster of this lab. */
export const kindName = (paths: LabPaths): string => `pulumi-cnpg-${paths.id}`;

/** Whether this machine can make a cluster with kind: the program, and a container engine that answers. */
export async function hasKind(): Promise<boolean> {
  if (findProgram("kind") === undefined) return false;
  for (const engine of ["docker", "podman"])
    if (findProgram(engine) !== undefined && (await attempt(engine, ["info"])).code === 0) return true;
  return false;
}

/** Makes the lab's kind cluster unless it is there, and returns the path of its kubeconfig. */
export async function kindCluster(paths: LabPaths, say: Say): Promise<string> {
  const name = kindName(paths);
  const there = (await run("kind", ["get", "clusters"])).split("\n").includes(name);
  if (!there)
    await step(say, `up: kind cluster ${name}`, () =>
      run("kind", ["create", "cluster", "--name", name, "--kubeconfig", paths.kubeconfig, "--wait", "180s"]),
    );
  writeFileSync(paths.kubeconfig, await run("kind", ["get", "kubeconfig", "--name", name]), { mode: 0o600 });
  return paths.kubeconfig;
}

/** What the lab put into a cluster that was there before, for `down` to take out again. */
export interface Installed {
  readonly operator: boolean;
  readonly plugin: boolean;
  readonly stores: boolean;
}

/**
 * Uses a cluster that was there before: adds operator, plugin and object stores where they are missing, with their
 * public images. What is there already stays as it is.
 *
 * @throws LabError if the cluster does not answer, or kubectl is not there
 */
export async function useGiven(
  paths: LabPaths,
  say: Say,
  kubeconfig: string,
): Promise<{ description: LabDescription; installed: Installed }> {
  const kubectl = findProgram("kubectl");
  if (kubectl === undefined)
    throw new LabError(
      "kubectl is not there; a cluster that you name is reached through it. Install kubectl.",
    );
  if (!(await answers(kubectl, kubeconfig)))
    throw new LabError(
      `The cluster of ${kubeconfig} does not answer: check it with \`kubectl --kubeconfig ${kubeconfig} get --raw /readyz\`, or unset LAB_KUBECONFIG.`,
    );
  const cluster = await openCluster({ kubeconfig, kubectl });
  try {
    const installed = {
      operator: !(await hasKindOf(cluster, "clusters.postgresql.cnpg.io")),
      plugin: !(await hasKindOf(cluster, "objectstores.barmancloud.cnpg.io")),
      stores:
        (await cluster.get({ apiVersion: "v1", kind: "Namespace", name: "object-store" })) === undefined,
    };
    for (const part of ["operator", "plugin", "stores"] as const)
      if (installed[part])
        await step(say, `up: ${part}`, async () => {
          const objects = await partOf(paths, part);
          await applyAll(cluster, objects);
          await rolledOut(cluster, objects, 600);
        });
    return { description: { tier: "given", kubeconfig, kubectl, stores: storesInCluster }, installed };
  } finally {
    cluster.close();
  }
}

async function partOf(paths: LabPaths, part: keyof Installed): Promise<KubernetesObject[]> {
  if (part === "stores") return objectStores(paths, "public");
  return part === "operator" ? operator(paths) : plugin(paths);
}

async function hasKindOf(cluster: Cluster, name: string): Promise<boolean> {
  const ref = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
  return (await cluster.get(ref)) !== undefined;
}

/** Takes out of a cluster what the lab put there. */
export async function leaveGiven(
  paths: LabPaths,
  description: LabDescription,
  installed: Installed,
): Promise<void> {
  const cluster = await openCluster(description);
  try {
    const parts = (["operator", "plugin", "stores"] as const).filter((part) => installed[part]);
    const objects = (await Promise.all(parts.map((part) => partOf(paths, part)))).flat();
    for (const { apiVersion, kind, metadata } of objects.reverse())
      await cluster.remove({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace });
  } finally {
    cluster.close();
  }
}

/** File that tells what the lab put into a given cluster. */
export const installedFile = (paths: LabPaths): string => join(paths.run, "installed.json");
