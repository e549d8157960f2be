import type { KubernetesObject } from "./objects";

/** How an object is applied. */
export interface ApplyOptions {
  /** Judge and default it as if, and keep nothing. Default: false. */
  readonly dryRun?: boolean;
  /** Take fields over that another manager owns. Default: false, which makes them a conflict. */
  readonly force?: boolean;
  /** Who owns the fields. Default: `pulumi-cnpg`. */
  readonly fieldManager?: string;
  /** What unknown and repeated fields are: an error, a warning, or nothing. Default: `Strict`. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** Whether to wait for a webhook that nobody answers for. Default: true. */
  readonly patient?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An object after it was applied, and what the server warned of. */
export interface Applied {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}

/** How something is waited for. */
export interface WaitOptions {
  /** Seconds. Default: 600. */
  readonly timeout?: number;
  /** Called with what is still missing, each time when that has changed. */
  readonly onProgress?: (text: string) => void;
  /** Ends the wait at once, with a ClusterError of reason `Cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks. Default: 500. */
  readonly interval?: number;
}

/** Which objects of a kind. */
export interface ListOptions {
  /** Default: all namespaces. */
  readonly namespace?: string;
  /** Such as `cnpg.io/cluster=orders-db`. */
  readonly labelSelector?: string;
}

/** Says what an object still lacks, each as a few words; nothing, if it is as it should be. Undefined: it is not there. */
export type Judge = (object: KubernetesObject | undefined) => readonly string[];
