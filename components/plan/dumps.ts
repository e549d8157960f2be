import type { JobPurpose } from "../args/export";
import type { Profile } from "../args/profiles";
import type { DumpFolder } from "../units/dumpFolder";
import type { StorePlace } from "../units/storePlace";
import type { Workload } from "../units/workload";
import type { EnvVar, Volume, VolumeMount } from "./job";
import type { PlannedObject } from "./object";
import type { ProgramKeys, Store, StoreSecret } from "./store";

/** What a cluster is told of exports by its environment, or by the program that uses the component alone. */
export interface ExportContext {
  /** Bucket for dumps; undefined if there is none. */
  readonly bucket: string | undefined;
  /** Folder in it under which every cluster has its own. */
  readonly prefix: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stores: DumpStores;
  /** E-mails of the Google service accounts that jobs act as; undefined if they act as themselves. */
  readonly accounts: Readonly<Partial<Record<JobPurpose, string>>>;
}

/** What a job with an identity of its own needs in a bucket. */
export interface JobTenant {
  /** The Kubernetes account that it runs as. */
  readonly workload: Workload;
  readonly purpose: JobPurpose;
  readonly folder: DumpFolder;
  /** What it may go to with an account that it shares with others. */
  readonly sharedFolder: DumpFolder;
  /** Whether it goes there with an identity of Google's that is declared here; otherwise whoever runs the store says who may. */
  readonly ofGoogle: boolean;
  /** Whether access to the folder is to be granted; otherwise somebody else does that. */
  readonly grant: boolean;
}

/** What dumps are made of one cluster, or one cluster is made of. */
export interface DumpsPlan {
  readonly tenants: readonly JobTenant[];
  /** Export to the folder that its dumps go to, as an address. */
  readonly exports: Readonly<Record<string, string>>;
  /** The Secrets with keys to stores that are made for it. */
  readonly secrets: readonly StoreSecret[];
  readonly objects: readonly PlannedObject[];
}

/** The store that dumps go to or come from, and how a job gets in. */
export interface DumpStore {
  readonly place: StorePlace;
  /** A remote `store:` in rclone's environment. */
  readonly env: readonly EnvVar[];
  /** Annotations of the account that the job runs as. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly volumes: readonly Volume[];
  readonly mounts: readonly VolumeMount[];
  /** The Secret that is made for it, if one is. */
  readonly secret: StoreSecret | undefined;
}

/** The stores of dumps. */
export interface DumpStores {
  readonly profile: Profile;
  /** Where dumps go, and where they come from unless told otherwise. */
  readonly store: Store;
  /** Where backups go, whose keys and role are none for dumps. */
  readonly archive: Store;
  /** Keys that the program has for imports. */
  readonly importKeys: ProgramKeys;
}
