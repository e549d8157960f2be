import type { Protection } from "../args/profiles";
import type { Workload } from "../units/workload";
import type { ArchivePod } from "./archivePod";
import type { UpgradePlan } from "./cluster";
import type { SecretContent } from "./logins";

/**
 * A resource, decided: all of it known at preview. Plans are lists of them, each after those that it comes after; what
 * declares, renders or compares a plan reads the list, and nothing else.
 */
export interface PlannedResource {
  /** How others of its plan call it; unique there. */
  readonly key: string;
  /** What follows the name of the plan's owner in Pulumi's name of it. */
  readonly name: string;
  /** Its type in Pulumi, such as `kubernetes:core/v1:Secret`; of a Kubernetes object, its inputs are the manifest. */
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `stringData` of a Secret, made of the password that results from the resource of a key. */
  readonly filled?: { readonly by: string; readonly content: SecretContent };
  /** Keys of what has to be there before: resources earlier in the list, or what its owner knows besides. */
  readonly dependsOn?: readonly string[];
  /** Key of the component that it is part of. Default: the plan's owner. */
  readonly parent?: string;
  readonly life?: Life;
  readonly hooks?: PlannedHooks;
  /** What hooks of it have to know. */
  readonly facts?: HookFacts;
  /** How the program sees to it that it takes effect. Default: it does not. */
  readonly watch?: Watch;
  /** Outputs that are no inputs, and are read. */
  readonly reads?: readonly string[];
}

/** How a resource is changed, made anew and taken away. */
export interface Life {
  readonly protect?: Protection;
  /** With another one it is made anew. */
  readonly generation?: number;
  /** Keys of those with which it is made anew. Whatever is made anew has its former name, so the former one goes first. */
  readonly replaceWith?: readonly string[];
  /**
   * Whether the former one goes first where another name makes another one. Otherwise it goes last, and not at all where the update
   * fails before that: then whoever goes back to its name finds it there, and can't make it.
   */
  readonly formerFirst?: boolean;
  /** Fields that can't change, so that another one is made in its place. */
  readonly replaceOnChanges?: readonly string[];
  /** Fields that stay as they are. */
  readonly ignoreChanges?: readonly string[];
  /** Whether it stays on the Kubernetes cluster when it is declared no longer. */
  readonly retain?: boolean;
  /** Seconds that creation and update are waited for. Default: the provider's own. */
  readonly timeout?: number;
}

/** Hooks by name; `declare/hooks.ts` has them. */
export type HookName =
  | "clusterChanges"
  | "objectStoreChanges"
  | "sourceChanges"
  | "databaseOwner"
  | "unbornReplica"
  | "emptyArchive"
  | "restorable"
  | "noteConfiguration"
  | "noteGrant"
  | "noteArchiveChange"
  | "awaitGrants"
  | "afterSettled"
  | "watchJob"
  | "servedKind"
  | "announce";

/** Hooks of a resource, in their order. */
export interface PlannedHooks {
  readonly beforeCreate?: readonly HookName[];
  readonly afterCreate?: readonly HookName[];
  readonly beforeUpdate?: readonly HookName[];
  readonly afterUpdate?: readonly HookName[];
  /** Whether it is said what to do where it can't be made. */
  readonly advice?: boolean;
}

export interface HookFacts {
  /** What an upgrade of a Cluster may change. */
  readonly upgrade?: UpgradePlan;
  /** The archive that is looked into, for how many seconds, and whether a look has to be possible. */
  readonly look?: ArchivePod & { readonly timeout: number; readonly required: boolean };
  /** Said in an update before it is made. */
  readonly announce?: string;
}

/** How something is seen to take effect: a Job ends, CNPG applies an object, a Cluster runs as declared. */
export type Watch =
  | { readonly kind: "Job" }
  | { readonly kind: WatchedKind; readonly timeout: number }
  | {
      readonly kind: "Cluster";
      readonly timeout: number;
      /** Whether WAL has to arrive. */
      readonly archives: boolean;
      readonly objectStore: string | undefined;
      /** Keys of what gives it its way to the bucket: grants, and Secrets with keys. */
      readonly rights: readonly string[];
      /** Annotations for Pulumi's provider, which is told not to wait, where the program can't look. */
      readonly unwatched: Readonly<Record<string, string>>;
    };

/** A Kubernetes object of a cluster, as those decide it who know nothing of the others: all of it known at preview. */
export interface PlannedObject {
  /** How others say that they come after it. */
  readonly key: string;
  /** See {@link PlannedResource.name}. Default: a slash and the key. */
  readonly called?: string;
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
  /** See {@link PlannedResource.filled}. */
  readonly filled?: PlannedResource["filled"];
  /**
   * What has to be there before: keys of objects that come earlier in the list, or `cluster`, `database/<name>`,
   * `secret/<role>`.
   */
  readonly after: readonly string[];
  /** Whether a new generation of the cluster needs it anew, as it acts on a cluster once. Default: `false`. */
  readonly perLife?: boolean;
  /** See {@link Life.formerFirst}. Default: `false`. */
  readonly formerFirst?: boolean;
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
  /** Fields that others write. Default: none. */
  readonly ignoreChanges?: readonly string[];
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
