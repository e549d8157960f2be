import { unsealed } from "./placeholder";
import { type Misfit, type Path, Undecided, View } from "./view";

/** Where a resource comes from, for the one who has to mend it. */
export interface Origin {
  /** URN of a resource of Pulumi. */
  readonly urn?: string;
  /** File that it was read from; `-` is the standard input. */
  readonly file?: string;
  /** First line of its document in that file, from 1. */
  readonly line?: number;
  /** Line of a path in that document, where it is known. */
  readonly lineOf?: (path: Path) => number | undefined;
}

/** What a resource is made from. */
export interface ResourceInput {
  /** See {@link Resource.type}. */
  readonly type: string;
  /** Its inputs, {@link UNKNOWN} where they are not known. */
  readonly value: unknown;
  readonly origin: Origin;
  /** Pulumi's option `protect`; left out where there is no such thing. */
  readonly protect?: boolean;
  /** What the engine or the file says of where it is: stack name, path. */
  readonly place?: string;
}

/** One resource in front of the rules, whoever made it. */
export class Resource {
  /**
   * For Kubernetes the kind and the group, such as `Cluster.postgresql.cnpg.io`, or the kind alone for the core group,
   * such as `Secret`. For Google Cloud `gcp:` and the name of the resource, such as `gcp:Bucket`.
   */
  readonly type: string;
  /** All of it; for Kubernetes with `metadata` and `spec`. */
  readonly view: View;
  readonly origin: Origin;
  readonly protect: boolean | undefined;
  readonly place: string;
  /** Values of another type than what a rule asked for. */
  readonly misfits = new Map<
    string,
    { readonly path: Path; readonly wanted: string; readonly found: string }
  >();

  constructor({ type, value, origin, protect, place = "" }: ResourceInput) {
    this.type = type;
    this.origin = origin;
    this.protect = protect;
    this.place = place;
    const misfit: Misfit = (path, wanted, found) =>
      void this.misfits.set(path.join("\0"), { path, wanted, found });
    this.view = new View(value, [], misfit, this);
  }

  // Both are read once: rules that look for what belongs together ask every resource again and again. null: not read yet.
  #name: string | undefined | null = null;
  #namespace: string | undefined | null = null;

  /** Name in Kubernetes or Google Cloud, placeholders sealed; undefined if it has none or if it can't be known yet. */
  get name(): string | undefined {
    if (this.#name === null)
      this.#name = known(() => this.view.partial(...(this.isKubernetes ? ["metadata", "name"] : ["name"])));
    return this.#name;
  }

  /** Namespace, placeholders sealed; undefined if it is not said or can't be known yet. */
  get namespace(): string | undefined {
    if (this.#namespace === null) this.#namespace = known(() => this.view.partial("metadata", "namespace"));
    return this.#namespace;
  }

  get isKubernetes(): boolean {
    return !this.type.startsWith("gcp:");
  }

  /** Value of an annotation. */
  annotation(name: string): string | undefined {
    return this.view.text("metadata", "annotations", name);
  }

  /** Value of a label. */
  label(name: string): string | undefined {
    return this.view.text("metadata", "labels", name);
  }

  /** As people call it: `Cluster orders/orders-db`, `Bucket acme-backups`. */
  get called(): string {
    const kind = this.type.replace(/^gcp:/, "").replace(/\..*/, "");
    const name = this.name ?? "(name not known)";
    return unsealed(`${kind} ${this.namespace === undefined ? name : `${this.namespace}/${name}`}`);
  }
}

/** The value, or undefined if it can't be known yet. */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

/** Type of a Kubernetes object from its `apiVersion` and `kind`. */
export function kubernetesType(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
}
