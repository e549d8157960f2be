import * as pulumi from "@pulumi/pulumi";
import type { WatchedKind } from "../plan/object";
import { judgeOfKind, watchObject } from "../watch/objects";
import { type ClusterWatch, type Means, NotSettled, watchCluster } from "../watch/watch";
import { perProgram } from "./perProgram";
import { reach, waitVariable } from "./reach";

/** How what a component declares is watched. */
export interface Watching {
  /** Kubeconfig of the provider that makes it, where that is not the default one. */
  readonly kubeconfig?: pulumi.Input<string>;
}

/** How the cluster of Pulumi's default provider is watched. */
const defaultWatching: Watching = {};

/**
 * How what a component makes is watched.
 *
 * @param kubeconfig that of the provider which the program made for it
 * @returns undefined where it can't be, as nobody can ask a provider for its kubeconfig; that is said
 */
export function watchingOf(
  component: pulumi.Resource,
  kubeconfig: pulumi.Input<string> | undefined,
): Watching | undefined {
  if (kubeconfig !== undefined) return { kubeconfig };
  if (component.getProvider("kubernetes:core/v1:Namespace") === undefined) return defaultWatching;
  if (!pulumi.runtime.isDryRun())
    void pulumi.log.warn(
      "kubeconfig is not given beside a Kubernetes provider of the program's own, so nobody looks whether a change of a Cluster " +
        "takes effect. To do: give the component the kubeconfig of that provider",
      component,
    );
  return undefined;
}

/** The kubeconfig, for what runs while resources are made. */
export function kubeconfigOf({ kubeconfig }: Watching): Promise<string | undefined> {
  return new Promise((resolve) => {
    pulumi.output(kubeconfig).apply(resolve);
  });
}

/** Ends when something has taken effect; rejects when it is certain that it does not. */
export type Settled = Promise<void>;

type CustomObject = pulumi.CustomResource & { readonly metadata: pulumi.Output<unknown> };

/**
 * Looks at a Cluster until it runs as declared and its archive is reached; also where this update did not change it, so that
 * an update is not green over one that failed before. What comes after the Cluster has {@link gate}.
 *
 * It is the program that waits, and not Pulumi's provider: that looks at conditions which are still true from before a
 * change, and an update that is killed while it waits forgets what it had made.
 *
 * @param name of the Cluster in Pulumi
 */
export function watchClusterOf(
  name: string,
  cluster: CustomObject,
  watch: Omit<ClusterWatch, "uid">,
  watching: Watching,
): void {
  const settled = afterLook(cluster, watching, (uid, means) => watchCluster({ ...watch, uid }, means));
  if (settled !== undefined) gates().clusters.set(name, settled);
}

/** Looks whether CNPG applies an object: a Database, a role, a Publication, a Subscription, a Pooler. */
export function watchObjectOf(
  resource: CustomObject,
  kind: WatchedKind,
  at: { readonly namespace: string; readonly name: string; readonly timeout: number },
  watching: Watching,
): Settled | undefined {
  return afterLook(resource, watching, (uid, means) =>
    watchObject({ ...at, kind, uid, judge: judgeOfKind(kind) }, means),
  );
}

function afterLook(
  resource: CustomObject,
  watching: Watching,
  watch: (uid: string, means: Means) => Promise<void>,
): Settled | undefined {
  if (pulumi.runtime.isDryRun() || process.env[waitVariable] === "off") return undefined;
  return new Promise((resolve, reject) => {
    resource.metadata.apply(async (metadata) => {
      const { uid } = (metadata ?? {}) as { readonly uid?: string };
      // What no API server has made can't be looked at: an offline run, and Pulumi's mocks.
      if (uid === undefined) return resolve();
      // The program is not over while somebody looks: a program of the Automation API would end as soon as all is registered.
      const done = pulumi.runtime.rpcKeepAlive();
      active().count++;
      try {
        const { http, switchWal } = await reach(await kubeconfigOf(watching));
        await watch(uid, {
          http,
          switchWal,
          progress: (text) => void pulumi.log.info(text, resource, undefined, true),
          warn: (text) => void pulumi.log.warn(text, resource),
          pause: (milliseconds) => pause(milliseconds * Math.max(1, active().count / 8)),
        });
        resolve();
      } catch (error) {
        const told = error instanceof NotSettled ? unsettled(error.message, resource) : error;
        reject(told);
        // Without it, one that nothing comes after would fail in silence.
        throw told;
      } finally {
        active().count--;
        done();
      }
    });
  });
}

/** As the SDK prints an error of a resource; its host prints a stack where there is one. */
function unsettled(message: string, resource: pulumi.Resource): pulumi.ResourceError {
  const error = new pulumi.ResourceError(message, resource, true);
  error.stack = "";
  return error;
}

/** How many watches run at a time: the more, the more seldom each one looks. */
const active = perProgram(() => ({ count: 0 }));

/** Waits; rejects when the update is cancelled meanwhile. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (process.env[waitVariable] === "off") throw new NotSettled("cancelled while it waited");
}

/**
 * What holds resources back until what they come after has taken effect. They are registered all the same: of one that was not,
 * the engine would think that the program no longer has it, and delete it.
 */
interface Gates {
  readonly hook: pulumi.ResourceHook;
  /** By names of Clusters in Pulumi, with which those of all that belongs to them begin. */
  readonly clusters: Map<string, Settled>;
  /** By types and names of resources in Pulumi: what else they come after. */
  readonly more: Map<string, readonly Settled[]>;
}

const gates = perProgram((): Gates => {
  const clusters = new Map<string, Settled>();
  const more = new Map<string, readonly Settled[]>();
  const hook = new pulumi.ResourceHook("pulumi-cnpg-after-settled", async ({ name, type }) => {
    const parts = name.split("/");
    const own = parts.flatMap((_, i) => clusters.get(parts.slice(0, i + 1).join("/")) ?? []);
    try {
      await Promise.all([...own, ...(more.get(`${type} ${name}`) ?? [])]);
    } catch {
      throw new Error("it comes after something that did not take effect: that error says what");
    }
  });
  return { hook, clusters, more };
});

/** The hook of a resource that comes after a Cluster, whose name in Pulumi its own begins with. */
export const gate = (): pulumi.ResourceHook => gates().hook;

/** What else a resource comes after, by its type and name in Pulumi. */
export function afterSettled(typeAndName: string, settled: readonly Settled[]): void {
  // Whoever waits for it tells; that nobody does is no error.
  for (const each of settled) each.catch(() => {});
  if (settled.length > 0) gates().more.set(typeAndName, settled);
}
