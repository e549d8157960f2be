import { checkManifest, idOf, kubernetesPackage, notCreated } from "../../offline/kubernetes";
import { kubernetesDifference } from "../../offline/kubernetesDifference";
import {
  type KubernetesSettings,
  kubernetesSettings,
  normalizedInputs,
} from "../../offline/kubernetesInputs";
import {
  type Asked,
  type Compared,
  NotReadyError,
  type Properties,
  type Provider,
} from "../../offline/provider";
import {
  awaitedOf,
  type Cluster,
  ClusterError,
  isNotFound,
  type KubernetesObject,
  named,
  pause,
  refOf,
  WaitForError,
} from "../cluster";
import type { EngineLog } from "./engineLog";
import { hasUnknowns, inputsOf, manifestOf, outputsOf, refOfResource } from "./live";
import { annotationsOf, gone, settled, unreadiness, WaitEnded } from "./waits";
import { create, managerOf, noMatch, update, type Write } from "./writes";

/** What the stand-ins of a run against a lab share. */
export interface LabRun {
  readonly cluster: Cluster;
  readonly log: EngineLog;
  /** Ends what waits. */
  readonly stop: AbortController;
  /** Milliseconds of the first pause before a creation is tried again; default: a second, as the real provider has it. */
  readonly pause?: number;
}

/** How often a creation is tried again whose namespace or kind is not there yet. */
const retries = 5;

/**
 * Stand-in for the Kubernetes provider on a real cluster. It does as the real one: offline/providerCases is the table
 * of what that is. It remembers nothing but what the engine's state has.
 */
export class LabKubernetes implements Provider {
  readonly npmPackage = kubernetesPackage;
  private settings: KubernetesSettings = kubernetesSettings();

  constructor(private readonly lab: LabRun) {}

  configure(given: { readonly [key: string]: string }): void {
    this.settings = kubernetesSettings(given);
  }

  check(_type: string, inputs: Properties): string[] {
    const problems = checkManifest(inputs);
    try {
      awaitedOf(annotationsOf(manifestOf(inputs)));
    } catch (error) {
      if (!(error instanceof WaitForError)) throw error;
      problems.push(`metadata.annotations: ${error.message}`);
    }
    return problems;
  }

  normalized(_type: string, inputs: Properties): Properties {
    return normalizedInputs(inputs);
  }

  async diff(compared: Compared) {
    const ref = refOfResource(compared.type, compared.id, compared.inputsBefore);
    return kubernetesDifference(compared, this.settings, async () => {
      const live = await this.lab.cluster.get(ref);
      return live === undefined || unreadiness(live) === undefined;
    });
  }

  async create(asked: Asked) {
    const { urn, inputs, preview } = asked;
    const manifest = manifestOf(inputs);
    const write = this.write(asked, manifest, undefined);
    if (preview) return { id: "", outputs: await this.previewed(asked, write) };
    let object: KubernetesObject;
    try {
      object = await this.created(asked, write);
    } catch (error) {
      throw creationRefused(urn, manifest, error);
    }
    const id = idOf(inputs);
    try {
      return { id, outputs: outputsOf(inputs, await settled(this.lab, asked, object), write.manager) };
    } catch (error) {
      throw this.notReady(
        asked,
        id,
        write,
        error,
        (why) =>
          `resource ${JSON.stringify(urn)} was successfully created, but the Kubernetes API server reported that it failed to fully ` +
          `initialize or become live: ${why}`,
      );
    }
  }

  async update(asked: Asked): Promise<Properties> {
    const { urn, inputs, id, preview, before = {} } = asked;
    const { cluster } = this.lab;
    const manifest = manifestOf(inputs);
    const ref = refOf(manifest);
    const failed = `update of resource ${JSON.stringify(urn)} failed`;
    if (preview && (hasUnknowns(inputs) || !(await cluster.knows(ref)))) return inputs;
    const write = this.write(asked, manifest, before.__fieldManager);
    const words = (why: string) =>
      `the Kubernetes API server reported that ${JSON.stringify(id)} failed to fully initialize or become live: ${why}`;
    const live = await cluster.get(ref);
    if (live === undefined) throw new Error(`${failed}: ${named(ref)} not found`);
    let object: KubernetesObject;
    try {
      object = await update(write, live);
    } catch (error) {
      if (preview && isForbidden(error)) return inputs;
      const now = await cluster.get(ref);
      if (now === undefined) throw new Error(`${failed}: ${(error as Error).message}`);
      // The state has the new inputs from now on, and the next update tries again.
      throw new NotReadyError(words((error as Error).message), {
        id,
        outputs: outputsOf(inputs, now, write.manager),
      });
    }
    if (preview) return outputsOf(inputs, object, write.manager);
    try {
      return outputsOf(inputs, await settled(this.lab, asked, object), write.manager);
    } catch (error) {
      throw this.notReady(asked, id, write, error, words);
    }
  }

  async read({ type, id, inputs, before = {} }: Asked) {
    const live = await this.lab.cluster.get(refOfResource(type, id, inputs));
    if (live === undefined) return undefined;
    const now = inputsOf(inputs, live);
    const outputs = outputsOf(now, live, managerOf(live, before.__fieldManager));
    const unready = Object.keys(inputs).length === 0 ? undefined : unreadiness(live);
    if (unready !== undefined)
      throw new NotReadyError(unready.message, { id, outputs, inputs: now }, unready.reasons);
    return { inputs: now, outputs };
  }

  async delete(asked: Asked): Promise<void> {
    const { cluster } = this.lab;
    const ref = refOfResource(asked.type, asked.id, asked.inputs);
    const manifest = manifestOf(asked.inputs);
    if (!(await cluster.remove(ref, { propagation: propagationOf(manifest) }))) return;
    try {
      await gone(this.lab, ref, asked, manifest);
    } catch (error) {
      if (!(error instanceof WaitEnded)) throw error;
      const manager = managerOf(manifest, asked.before?.__fieldManager);
      throw new NotReadyError(error.message, {
        id: asked.id,
        outputs: outputsOf(asked.inputs, error.seen, manager),
      });
    }
  }

  attach(address: string): void {
    this.lab.log.attach(address);
  }

  cancel(): void {
    this.lab.stop.abort();
  }

  private write({ urn, preview }: Asked, manifest: KubernetesObject, manager: unknown): Write {
    const { cluster, stop, log } = this.lab;
    return {
      cluster,
      manifest,
      settings: this.settings,
      manager: managerOf(manifest, manager),
      preview,
      signal: stop.signal,
      warn: (text) => log.info(urn, text),
    };
  }

  /** A dry run, as far as there can be one: it is silent about what is there already and what it may not ask. */
  private async previewed({ urn, inputs }: Asked, write: Write): Promise<Properties> {
    const { cluster, log } = this.lab;
    const { manifest } = write;
    const say = (what: string) => log.info(urn, `preview: ${what} could not judge what is to come there`);
    if (hasUnknowns(inputs)) return inputs;
    if (!(await cluster.knows(refOf(manifest)))) {
      await say(`the cluster has no kind ${manifest.kind} yet, so it`);
      return inputs;
    }
    try {
      const { status: _, ...object } = await create(write);
      return outputsOf(inputs, object as KubernetesObject, write.manager);
    } catch (error) {
      if (isNotFound(error))
        await say(`there is no namespace ${manifest.metadata.namespace} yet, so the API server`);
      else if (!isForbidden(error) && !isThere(error)) throw notCreated(urn, (error as Error).message);
      return inputs;
    }
  }

  /** Tries until namespace and kind are there, five times more, each time after twice the pause. */
  private async created({ urn }: Asked, write: Write): Promise<KubernetesObject> {
    const { log, stop, pause: first = 1000 } = this.lab;
    for (let tries = 0; ; tries++) {
      try {
        return await create(write);
      } catch (error) {
        // Said of every refusal, though only what is missing is tried again.
        await log.progress(urn, `Retry #${tries}; creation failed: ${wordsOf(error, write.manifest)}`);
        if (!isNotFound(error)) throw error;
        // The real one sleeps after its last try too.
        await pause(first * 2 ** tries, stop.signal);
        if (tries === retries || stop.signal.aborted) throw error;
      }
    }
  }

  private notReady(
    { inputs }: Asked,
    id: string,
    { manager }: Write,
    error: unknown,
    words: (why: string) => string,
  ): unknown {
    if (!(error instanceof WaitEnded)) return error;
    const made = { id, outputs: outputsOf(inputs, error.seen, manager) };
    return new NotReadyError(words(error.message), made, error.reasons);
  }
}

function wordsOf(error: unknown, manifest: KubernetesObject): string {
  if (error instanceof ClusterError && error.reason === "NoSuchKind") return noMatch(manifest);
  return (error as Error).message;
}

/** How the provider says that nothing was made; what is there already comes with what to do about it. */
function creationRefused(urn: string, manifest: KubernetesObject, error: unknown): unknown {
  if (!(error instanceof ClusterError)) return error;
  const { apiVersion, kind, metadata } = manifest;
  if (error.reason === "NoSuchKind")
    return new Error(
      `creation of resource ${JSON.stringify(urn)} with kind ${apiVersion}/${kind} failed because the Kubernetes API server has no ` +
        `such apiVersion: ${noMatch(manifest)}`,
    );
  if (!isThere(error)) return notCreated(urn, error.message);
  const where = metadata.namespace === undefined ? "" : ` -n ${metadata.namespace}`;
  return notCreated(
    urn,
    `${error.message}\n  The resource already exists in the cluster. To do: if this stack made it and was killed, run once more with ` +
      "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true before the command, or with kubernetes:upsertExistingObjects: true in the stack file; " +
      `if somebody else made it, choose another name, or, if nobody needs it: kubectl delete ${kind.toLowerCase()}${where} ${metadata.name}`,
  );
}

function propagationOf(manifest: KubernetesObject): "Background" | "Foreground" | "Orphan" {
  const policy = annotationsOf(manifest)["pulumi.com/deletionPropagationPolicy"]?.toLowerCase();
  return policy === "background" ? "Background" : policy === "orphan" ? "Orphan" : "Foreground";
}

function isForbidden(error: unknown): boolean {
  return error instanceof ClusterError && error.reason === "Forbidden";
}

function isThere(error: unknown): boolean {
  return error instanceof ClusterError && error.reason === "AlreadyExists";
}
