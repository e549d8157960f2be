import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveSourceArgs } from "../args/recovery";
import type { S3KeysArgs } from "../args/s3";
import type { ObjectStoreSpec } from "../crds/types";
import type { Parsed } from "../units";
import type { StorePlace } from "../units/storePlace";
import type { EnvVar } from "./job";

/** Which store it is, where that is written: `gcs: {…}` or `s3: {…}`. */
export type StoreSettings = Pick<ArchiveSourceArgs, "s3" | "gcs">;

export type StoreKind = keyof StoreSettings;

/** What a store is to a cluster: where it archives, what it is recovered from, or where dumps go or come from. Names the Secret. */
export type StorePurpose = "backup" | "source" | "export" | "import";

/** Keys to a store that the program has, by the kind of store, and what they are called where they are given, for a message. */
export interface ProgramKeys {
  readonly s3: S3KeysArgs | undefined;
  readonly s3Are: string;
}

/** A store that archives or dumps lie in, and how a cluster or a job gets in. Each kind of it is one file in `store/`. */
export interface Store {
  readonly kind: StoreKind;
  readonly place: StorePlace;
  /** Whether it's opened with an identity of Google's, which is granted access; otherwise whoever runs the store says who may. */
  readonly granted: boolean;
  /** Whether barman has a whole file of an archive on the node's disk before it sends that. */
  readonly staged: boolean;
  readonly bucketName: (text: string) => Parsed<string>;
  /** @param own the store that the cluster archives to, for what its pods share */
  access(cluster: string, purpose: StorePurpose, own?: Store): StoreAccess;
}

/** How a cluster gets into a store: what its manifests say of it, and nothing of where in the store something lies. */
export interface StoreAccess {
  /** Part of an ObjectStore's `configuration`, and of an in-tree `barmanObjectStore`. */
  readonly configuration: Pick<
    ObjectStoreSpec["configuration"],
    "endpointURL" | "endpointCA" | "googleCredentials" | "s3Credentials"
  >;
  /** Environment of barman, under what a stack file says of it. */
  readonly env: Readonly<Record<string, string>>;
  /** The same as a remote `store:` in rclone's environment. */
  readonly remote: readonly EnvVar[];
  /** Annotations of the service account that gets in. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The Secret that is made for it, if one is. */
  readonly secret: StoreSecret | undefined;
}

/** A Secret with what a store needs. */
export interface StoreSecret {
  /** Its name, and after the cluster's that of its resource. */
  readonly suffix: string;
  readonly name: string;
  /** Every value is kept as a secret. */
  readonly stringData: Readonly<Record<string, pulumi.Input<string>>>;
}
