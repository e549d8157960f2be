import type { Workload } from "../units/workload";

/** A Kubernetes object of a cluster beside those that every cluster has, decided: all of it known at preview. */
export interface PlannedObject {
  /** What comes after the cluster's name in Pulumi's name of it, and how others say that they come after it. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Default: the cluster's. */
  readonly namespace?: string;
  /** Beside the cluster's own. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** All but `metadata`: `spec`, `data`, `rules`. */
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * What has to be there before: keys of objects that come earlier in the list, or `cluster`, `database/<name>`,
   * `secret/<role>`.
   */
  readonly after: readonly string[];
  /** Whether a new generation of the cluster needs it anew, as it acts on a cluster once. Default: `false`. */
  readonly perLife?: boolean;
  /** How long Pulumi waits until it is done, in seconds. Default: Pulumi's. */
  readonly waitSeconds?: number;
  /** Whether the program waits until CNPG has applied it, and as which kind. Default: it does not. */
  readonly watchedAs?: WatchedKind;
  /** Said in an update before it is made: what a person needs who waits for it. */
  readonly announce?: string;
  /** Whether its status is an output of the resource. Default: `false`. */
  readonly readsStatus?: boolean;
  /** Whether it does its work once, when it is made, so that what its spec would say later changes nothing. Default: `false`. */
  readonly once?: boolean;
  /** Whether another spec makes another object of the same name, since this one's can't change. Default: `false`. */
  readonly replacedOnChange?: boolean;
  /** A Kubernetes account that its pods run as: its grants come before, and are given time. Default: none. */
  readonly runsAs?: Workload;
}

/** Kinds that are watched beside the Cluster. */
export type WatchedKind =
  | "Database"
  | "DatabaseRole"
  | "Publication"
  | "Subscription"
  | "Pooler"
  | "ScheduledBackup";
