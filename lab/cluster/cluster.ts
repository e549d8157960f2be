import {
  type Access,
  type Answer,
  ClusterError,
  Http,
  isNotFound,
  isPassing,
  isWebhookAway,
  type Question,
  startProxy,
} from "../../components/apiServer";
import { Discovery } from "./discovery";
import { type KubectlOptions, runKubectl, runSql } from "./kubectl";
import { type KubernetesObject, named, type Ref, refOf } from "./objects";
import type { Applied, ApplyOptions, Judge, ListOptions, WaitOptions } from "./options";
import { removalOf } from "./removal";

/** Field manager of everything that is applied without naming another. */
export const fieldManager = "pulumi-cnpg";

/** How long an object waits for a webhook that nobody answers for: an operator that starts anew takes seconds. */
const WEBHOOK_PATIENCE_MS = 30_000;

/** A Kubernetes cluster. Everything throws a ClusterError when the cluster refuses or does not answer. */
export class Cluster {
  private readonly discovery: Discovery;

  constructor(
    private readonly access: Access,
    private readonly http: Http,
    private readonly end: () => void = () => {},
  ) {
    this.discovery = new Discovery(http);
  }

  /** Ends the connection and kubectl. */
  close(): void {
    this.http.close();
    this.end();
  }

  /** Applies an object, server-side: creates it, or makes the fields that it has the object's. */
  async apply(manifest: KubernetesObject, options: ApplyOptions = {}): Promise<Applied> {
    const path = await this.discovery.path(refOf(manifest));
    const query = new URLSearchParams({
      fieldManager: options.fieldManager ?? fieldManager,
      fieldValidation: options.fieldValidation ?? "Strict",
      ...(options.force === true && { force: "true" }),
      ...(options.dryRun === true && { dryRun: "All" }),
    });
    const question: Question = {
      method: "PATCH",
      path: `${path}?${query}`,
      body: manifest,
      // JSON is YAML.
      contentType: "application/apply-patch+yaml",
      signal: options.signal,
    };
    for (const end = Date.now() + WEBHOOK_PATIENCE_MS; ; await pause(500, options.signal))
      try {
        const { body, warnings } = await this.http.ask(question);
        return { object: body as KubernetesObject, warnings };
      } catch (error) {
        if (options.patient === false || !isWebhookAway(error) || Date.now() > end || options.signal?.aborted)
          throw error;
      }
  }

  /**
   * Creates an object, and never changes one that is there already; unknown fields are dropped.
   *
   * @throws ClusterError of reason `AlreadyExists` among others
   */
  async create(
    manifest: KubernetesObject,
    { fieldManager: manager = fieldManager, dryRun = false, signal }: ApplyOptions = {},
  ): Promise<KubernetesObject> {
    const path = await this.discovery.listPath(refOf(manifest));
    const query = new URLSearchParams({ fieldManager: manager, ...(dryRun && { dryRun: "All" }) });
    const { body } = await this.http.ask({
      method: "POST",
      path: `${path}?${query}`,
      body: manifest,
      signal,
    });
    return body as KubernetesObject;
  }

  /** Changes an object by a JSON patch (RFC 6902). */
  async jsonPatch(ref: Ref, operations: readonly object[]): Promise<KubernetesObject> {
    const { body } = await this.http.ask({
      method: "PATCH",
      path: await this.discovery.path(ref),
      body: operations,
      contentType: "application/json-patch+json",
    });
    return body as KubernetesObject;
  }

  /** Whether the cluster has a kind. */
  async knows(ref: Ref): Promise<boolean> {
    try {
      await this.discovery.path(ref);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Changes an object by a merge patch: what is null goes, the rest is taken over. */
  async patch(ref: Ref, change: object, subresource?: "status"): Promise<KubernetesObject> {
    const path = await this.discovery.path(ref);
    const { body } = await this.http.ask({
      method: "PATCH",
      path: subresource === undefined ? path : `${path}/${subresource}`,
      body: change,
      contentType: "application/merge-patch+json",
    });
    return body as KubernetesObject;
  }

  /** The object as it is now; undefined if it, or its kind, is not there. */
  async get(ref: Ref, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      const path = await this.discovery.path(ref);
      return (await this.http.ask({ method: "GET", path, signal })).body as KubernetesObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All objects of a kind; none if there is no such kind. */
  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<KubernetesObject[]> {
    const { namespace, labelSelector } = options;
    try {
      const path = await this.discovery.listPath({ apiVersion, kind, namespace });
      const query = labelSelector === undefined ? "" : `?${new URLSearchParams({ labelSelector })}`;
      const { body } = await this.http.ask({ method: "GET", path: `${path}${query}` });
      // The API server leaves kind and version out of what stands in a list.
      return ((body as { items?: object[] }).items ?? []).map(
        (item) => ({ apiVersion, kind, ...item }) as KubernetesObject,
      );
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  /**
   * Asks for an object's removal, and does not wait for it; {@link gone} does.
   *
   * @param options.propagation what becomes of what it owns. Default: `Background`
   * @returns whether there was one
   */
  async remove(
    ref: Ref,
    options: { readonly propagation?: "Background" | "Foreground" | "Orphan"; readonly uid?: string } = {},
  ): Promise<boolean> {
    const { propagation = "Background", uid } = options;
    try {
      await this.http.ask({
        method: "DELETE",
        path: await this.discovery.path(ref),
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          propagationPolicy: propagation,
          ...(uid !== undefined && { preconditions: { uid } }),
        },
      });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Waits until an object is gone. */
  async gone(ref: Ref, options: WaitOptions = {}): Promise<void> {
    await this.waitFor(ref, removalOf, options);
  }

  /**
   * Waits until an object is as it should be, and returns it; undefined if it should not be there and isn't.
   *
   * @throws ClusterError with reason `Timeout` or `Cancelled` and what was still missing; what `judge` throws
   */
  async waitFor(ref: Ref, judge: Judge, options: WaitOptions = {}): Promise<KubernetesObject | undefined> {
    const { timeout = 600, onProgress, signal, interval = 500 } = options;
    const until = Date.now() + timeout * 1000;
    let said = "";
    for (;;) {
      const { object, missing } = await this.look(ref, judge, signal);
      if (missing.length === 0) return object;
      const text = `${named(ref)}: waiting for ${missing.join(" and ")}`;
      // The look that the end broke off saw nothing: the one before it says where things stood.
      if (signal?.aborted) throw new ClusterError(0, "Cancelled", `cancelled; ${said || text}`);
      if (Date.now() >= until) throw new ClusterError(0, "Timeout", `not within ${timeout} s; ${text}`);
      if (text !== said) onProgress?.(text);
      said = text;
      await pause(Math.min(interval, Math.max(until - Date.now(), 0)), signal);
    }
  }

  /** Any other request, such as one through a service proxy. `path` begins with `/`. */
  raw(
    method: Question["method"],
    path: string,
    body?: unknown,
    options: Pick<Question, "contentType" | "signal" | "timeout"> = {},
  ): Promise<Answer> {
    return this.http.ask({ method, path, body, ...options });
  }

  /** What tells this cluster from every other, also from one of the same name before it: UID of `kube-system`. */
  async identity(): Promise<string> {
    const system = await this.get({ apiVersion: "v1", kind: "Namespace", name: "kube-system" });
    return system?.metadata.uid ?? "unknown";
  }

  /** Runs kubectl with the cluster's kubeconfig and returns what it prints. */
  kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    return runKubectl(this.access, args, options);
  }

  /**
   * Runs SQL as `postgres` on the current primary of a CNPG cluster.
   *
   * @param database default: `postgres`
   * @returns what psql prints: a row a line, columns apart by `|`, without a head
   */
  sql(namespace: string, cluster: string, statement: string, database = "postgres"): Promise<string> {
    return runSql(this, namespace, cluster, statement, database);
  }

  private async look(ref: Ref, judge: Judge, signal: AbortSignal | undefined) {
    try {
      const object = await this.get(ref, signal);
      return { object, missing: judge(object) };
    } catch (error) {
      // A wait outlives a server that is away for a moment; its end gives the last reason.
      if (signal?.aborted || isPassing(error))
        return { object: undefined, missing: [`an answer (${(error as Error).message})`] };
      throw error;
    }
  }
}

/**
 * Connects to the cluster of a kubeconfig, through kubectl: it does TLS and every way of authentication, exec plugins
 * of cloud providers too. Nothing of it keeps this process alive or outlives it.
 *
 * @throws ClusterError if kubectl can't be started or the cluster does not answer
 */
export async function openCluster(access: Access): Promise<Cluster> {
  const proxy = await startProxy(access);
  const cluster = new Cluster(access, new Http(proxy.socket), () => proxy.close());
  try {
    await cluster.raw("GET", "/version", undefined, { timeout: 15 });
    return cluster;
  } catch (error) {
    cluster.close();
    throw error;
  }
}

/** Waits; a signal ends that at once. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
