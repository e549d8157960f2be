/*
 * What a watch sees of a cluster, as the API server has it. Of each kind only what is judged: nothing about its presence is
 * certain.
 */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly subresource?: string;
    readonly time?: string;
  }[];
}

export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Requests or limits: name to quantity. */
export type Amounts = { readonly [resource: string]: string };

export interface ResourceAmounts {
  readonly requests?: Amounts;
  readonly limits?: Amounts;
}

interface VolumeSize {
  readonly size?: string;
}

/** A CNPG Cluster. */
export interface LiveCluster {
  readonly metadata: Meta;
  readonly spec?: {
    readonly instances?: number;
    readonly imageName?: string;
    readonly resources?: ResourceAmounts;
    readonly plugins?: readonly { readonly name?: string; readonly enabled?: boolean }[];
    readonly storage?: VolumeSize;
    readonly walStorage?: VolumeSize;
    readonly replica?: { readonly enabled?: boolean; readonly primary?: string };
    readonly managed?: {
      readonly roles?: readonly {
        readonly name?: string;
        readonly ensure?: string;
        readonly disablePassword?: boolean;
        readonly passwordSecret?: { readonly name?: string };
      }[];
    };
  };
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly image?: string;
    readonly instances?: number;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly targetPrimary?: string;
    readonly conditions?: readonly Condition[];
    readonly managedRolesStatus?: {
      readonly cannotReconcile?: { readonly [role: string]: readonly string[] };
      readonly passwordStatus?: { readonly [role: string]: { readonly resourceVersion?: string } };
    };
  };
}

interface TerminatedState {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: TerminatedState;
  };
  readonly lastState?: { readonly terminated?: TerminatedState };
}

/** A variable of a container: its value, or where that comes from. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: ResourceAmounts;
  readonly env?: readonly EnvVar[];
}

export interface LivePod {
  readonly metadata: Meta;
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** A Job that makes an instance, or one of the project's own. */
export interface LiveJob {
  readonly metadata: Meta;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly failed?: number;
    readonly succeeded?: number;
  };
}

export interface LiveClaim {
  readonly metadata: Meta;
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Amounts };
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: Amounts;
    readonly conditions?: readonly Condition[];
    readonly allocatedResourceStatuses?: { readonly [resource: string]: string };
  };
}

export interface LiveEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** A ResourceQuota. */
export interface LiveQuota {
  readonly metadata: Meta;
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts };
}

/** What an instance says of itself (`/pg/status` of its instance manager; CNPG's `PostgresqlStatus`). */
export interface InstanceStatus {
  readonly isPrimary?: boolean;
  readonly pendingRestart?: boolean;
  readonly loadedConfigurationHash?: string;
  readonly currentWAL?: string;
  readonly lastArchivedWAL?: string;
  readonly lastArchivedWALTime?: string;
  readonly lastFailedWAL?: string;
  readonly lastFailedWALTime?: string;
}

/** All that is judged of one cluster at one moment. */
export interface Snapshot {
  /** Milliseconds, by this machine's clock. */
  readonly at: number;
  /** Undefined if it is not there. */
  readonly cluster: LiveCluster | undefined;
  /** Its instances' pods, and those of the Jobs that make instances. */
  readonly pods: readonly LivePod[];
  readonly jobs: readonly LiveJob[];
  readonly claims: readonly LiveClaim[];
  /** Of a Cluster with no word of the operator: whether that has begun with it, and the quotas of its namespace. */
  readonly silent?: { readonly begun: boolean; readonly quotas: readonly LiveQuota[] };
  /** Looked at only where something is amiss. */
  readonly events: readonly LiveEvent[];
  /** Metadata of the Secrets with its roles' passwords, by name; without those that may not be read. */
  readonly secrets: ReadonlyMap<string, Meta>;
  /** By name of the pod; an instance that doesn't answer has its error's text. */
  readonly instances: ReadonlyMap<string, InstanceStatus | string>;
  /** Last lines of containers that failed, by `<pod>/<container>`. */
  readonly logs: ReadonlyMap<string, string>;
}

/** Whether a condition is there with a status. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Pods of instances: those of Jobs and poolers have other labels, or none. */
export function instancePods(pods: readonly LivePod[]): LivePod[] {
  return pods.filter(({ metadata }) => metadata.labels?.["cnpg.io/podRole"] === "instance");
}
