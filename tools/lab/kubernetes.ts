import {
  awaitedOf,
  type Cluster,
  ClusterError,
  isNotFound,
  judgeOf,
  type KubernetesObject,
  named,
  ownJudgeOf,
  type Ref,
  refOf,
  WaitForError,
} from "../../test/lab/cluster";
import { kubernetes } from "../offline/kubernetes";
import { type Asked, NotReadyError, type Properties, type Provider } from "../offline/provider";
import type { EngineLog } from "./engineLog";
import type { Journal } from "./journal";
import { hasUnknowns, inputsOf, manifestOf, outputsOf, refOfResource } from "./live";

/** What the stand-ins of a run against a lab share. */
export interface LabRun {
  readonly cluster: Cluster;
  readonly journal: Journal;
  readonly log: EngineLog;
  /** Ends what waits. */
  readonly stop: AbortController;
}

/** Pulumi's own default for a removal, ten minutes. */
const removalTimeout = 600;

/**
 * Stand-in for the Kubernetes provider on a real cluster: checks as offline, then server-side apply and Pulumi's waits.
 * A preview asks the API server for a dry run, so that admission is heard before an update.
 */
export class LabKubernetes implements Provider {
  readonly npmPackage = kubernetes.npmPackage;
  readonly replaceOn = kubernetes.replaceOn;

  constructor(private readonly lab: LabRun) {}

  check(type: string, inputs: Properties): string[] {
    const problems = kubernetes.check(type, inputs);
    try {
      awaitedOf(annotationsOf(manifestOf(inputs)));
    } catch (error) {
      if (!(error instanceof WaitForError)) throw error;
      problems.push(`metadata.annotations: ${error.message}`);
    }
    return problems;
  }

  async create(asked: Asked) {
    const { type, inputs } = asked;
    const manifest = manifestOf(inputs);
    const ref = refOf(manifest);
    if (asked.preview) {
      await this.tryCreation(asked, manifest);
      return { id: "", outputs: kubernetes.outputs(type, inputs, true, undefined) };
    }
    const id = kubernetes.id(type, inputs);
    await this.makeWay(ref, asked);
    this.lab.journal.note(keyOf(ref));
    let object: KubernetesObject;
    try {
      object = await this.apply(asked, manifest, false);
    } catch (error) {
      // Where no answer came, it may have been made nevertheless.
      if (error instanceof ClusterError && error.status !== 0 && error.status < 500)
        this.lab.journal.forget(keyOf(ref));
      throw error;
    }
    return { id, outputs: outputsOf(type, inputs, await this.settled(asked, id, object)) };
  }

  async update(asked: Asked): Promise<Properties> {
    const { type, inputs, id, preview, before } = asked;
    const manifest = manifestOf(inputs);
    if (preview) {
      if (!hasUnknowns(inputs)) await this.tried(asked, manifest);
      return { ...before, ...kubernetes.outputs(type, inputs, true, undefined) };
    }
    this.lab.journal.note(keyOf(refOf(manifest)));
    const object = await this.apply(asked, manifest, false);
    return outputsOf(type, inputs, await this.settled(asked, id, object));
  }

  async read({ type, id, inputs }: Asked) {
    const live = await this.lab.cluster.get(refOfResource(type, id, inputs));
    if (live === undefined) return undefined;
    const now = inputsOf(inputs, live);
    return { inputs: now, outputs: outputsOf(type, now, live) };
  }

  async delete(asked: Asked): Promise<void> {
    const { cluster, journal, log } = this.lab;
    const ref = refOfResource(asked.type, asked.id, asked.inputs);
    if (isDefaultNamespace(ref)) {
      await log.info(asked.urn, "Namespace default stays: the API server doesn't let it go");
      return;
    }
    // As Pulumi's provider does by default: what it owns goes first, so that gone means gone.
    if (await cluster.remove(ref, { propagation: "Foreground" })) await this.gone(ref, asked);
    journal.forget(keyOf(ref));
  }

  attach(address: string): void {
    this.lab.log.attach(address);
  }

  cancel(): void {
    this.lab.stop.abort();
  }

  private async apply(asked: Asked, manifest: KubernetesObject, dryRun: boolean): Promise<KubernetesObject> {
    const force = annotationsOf(manifest)["pulumi.com/patchForce"] === "true";
    try {
      const { object, warnings } = await this.lab.cluster.apply(manifest, { dryRun, force });
      for (const warning of warnings)
        await this.lab.log.warn(asked.urn, `${named(refOf(manifest))}: ${warning}`);
      return object;
    } catch (error) {
      throw refusal(refOf(manifest), error);
    }
  }

  /** Judges what would be made, unless the thing that it replaces still stands in its place. */
  private async tryCreation(asked: Asked, manifest: KubernetesObject): Promise<void> {
    const ref = refOf(manifest);
    if (hasUnknowns(asked.inputs)) return;
    const existing = await this.lab.cluster.get(ref);
    if (existing !== undefined && this.lab.journal.has(keyOf(ref))) return;
    if (existing !== undefined && !isDefaultNamespace(ref)) throw alreadyExists(ref);
    await this.tried(asked, manifest);
  }

  /** A dry run, as far as there can be one. */
  private async tried(asked: Asked, manifest: KubernetesObject): Promise<void> {
    try {
      await this.apply(asked, manifest, true);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // Once for each namespace or kind, not for each object of it.
      const { kind, metadata } = manifest;
      const what =
        (error as ClusterError).reason === "NoSuchKind"
          ? `the cluster has no kind ${kind} yet, so it`
          : `there is no namespace ${metadata.namespace} yet, so the API server`;
      await this.lab.log.info(asked.urn, `preview: ${what} could not judge what is to come there`);
    }
  }

  /** What stands where something is to be made: only what this stack made itself may. */
  private async makeWay(ref: Ref, asked: Asked): Promise<void> {
    const existing = await this.lab.cluster.get(ref);
    if (existing === undefined) return;
    if (existing.metadata.deletionTimestamp !== undefined) await this.gone(ref, asked);
    else if (!this.lab.journal.has(keyOf(ref)) && !isDefaultNamespace(ref)) throw alreadyExists(ref);
  }

  private async gone(ref: Ref, { urn, timeout }: Asked): Promise<void> {
    await this.lab.cluster.gone(ref, {
      timeout: timeout > 0 ? timeout : removalTimeout,
      signal: this.lab.stop.signal,
      onProgress: (text) => this.lab.log.progress(urn, text),
    });
  }

  /** The object when all holds that its annotations ask to wait for. */
  private async settled(asked: Asked, id: string, object: KubernetesObject): Promise<KubernetesObject> {
    const { cluster, log, stop } = this.lab;
    const { expectations, timeout } = awaitedOf(annotationsOf(object), asked.timeout);
    const judge = expectations.length === 0 ? ownJudgeOf(object) : judgeOf(expectations);
    if (judge === undefined) return object;
    let seen = object;
    try {
      await cluster.waitFor(
        refOf(object),
        (now) => {
          seen = now ?? seen;
          return judge(now);
        },
        { timeout, signal: stop.signal, onProgress: (text) => log.progress(asked.urn, text) },
      );
      log.progress(asked.urn, `${named(refOf(object))}: all that it waited for has come`);
      return seen;
    } catch (error) {
      const made = { id, outputs: outputsOf(asked.type, asked.inputs, seen) };
      throw new NotReadyError(
        `${(error as Error).message}; it was made, and the next update waits again`,
        made,
      );
    }
  }
}

function annotationsOf({ metadata }: KubernetesObject): { readonly [key: string]: string } {
  return metadata?.annotations ?? {};
}

/** The object's name in the journal. */
function keyOf(ref: Ref): string {
  return `${ref.apiVersion} ${named(ref)}`;
}

function isDefaultNamespace({ kind, name }: Ref): boolean {
  return kind === "Namespace" && name === "default";
}

function alreadyExists(ref: Ref): Error {
  const where = ref.namespace === undefined ? "" : ` -n ${ref.namespace}`;
  return new Error(
    `${named(ref)} already exists, and this stack did not make it. To do: choose another name; or, if nobody needs it, ` +
      `kubectl delete ${ref.kind.toLowerCase()}${where} ${ref.name}`,
  );
}

/** The server's words with the object's name, and for a conflict over fields what to do about it. */
function refusal(ref: Ref, error: unknown): unknown {
  if (!(error instanceof ClusterError)) return error;
  const { status, reason, message, causes } = error;
  const conflicts = causes.filter((cause) => cause.reason === "FieldManagerConflict");
  if (conflicts.length === 0) {
    return message.includes(ref.name)
      ? error
      : new ClusterError(status, reason, `${named(ref)}: ${message}`, causes);
  }
  const fields = conflicts.map(({ message: by = "", field = "" }) => `  ${field}: ${by}`);
  return new ClusterError(
    status,
    reason,
    `${named(ref)}: another field manager owns what this stack sets\n${[...new Set(fields)].join("\n")}\n` +
      '  To do: undo its change; or take the fields over by the annotation pulumi.com/patchForce: "true".',
    causes,
  );
}
