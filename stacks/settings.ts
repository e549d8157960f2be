import type {
  ArchiveSourceArgs,
  ClusterArgs,
  PostgresEnvironmentArgs,
  PostgresPlatformArgs,
  RecoverFromArgs,
  ReplicaArgs,
} from "../components/index";

/*
 * What a stack file has beside, or in place of, the components' arguments. `npm run generate` reads the shape of stack files off
 * these interfaces and those of the arguments: `shapes.ts`, docs/configuration.md and the JSON Schema for editors.
 */

/** What becomes of a clone whose source is not there. */
export const IfUnavailable = {
  /** Nothing: it is an error. */
  Fail: "fail",
  /** It begins empty, with a warning. */
  Initdb: "initdb",
} as const;
export type IfUnavailable = (typeof IfUnavailable)[keyof typeof IfUnavailable];

/** Where a cluster of a stack file is recovered from: a place in full, or a cluster of another stack. */
export interface StackRecoverFrom extends RecoverFromArgs {
  /**
   * `<organization>/<project>/<stack>`: another stack of this project, whose outputs say where the archive of `cluster` lies, and
   * which `image` and `databases` it has.
   * @default none: the place stands here
   */
  stack?: string;
  /**
   * What if `stack` can't be read, or has no such cluster or archive: `fail`, or `initdb`, to begin empty with a warning. Only with
   * `stack`, `initdb` only in dev.
   * @default `fail`
   */
  ifUnavailable?: IfUnavailable;
}

/** The archive that a cluster follows without having begun from it: a place in full, or a cluster of another stack. */
export interface StackReplicaSource extends ArchiveSourceArgs {
  /**
   * `<organization>/<project>/<stack>`: another stack of this project, whose outputs say where the archive of `cluster` lies.
   * @default none: the place stands here
   */
  stack?: string;
}

/** What a cluster of a stack file follows. */
export interface StackReplica extends Omit<ReplicaArgs, "source"> {
  /** Distributed topology: the other cluster's archive, for a cluster that did not begin by `recoverFrom`. */
  source?: StackReplicaSource;
}

/** A cluster of a stack file. */
export interface StackCluster extends Omit<ClusterArgs, "recoverFrom" | "replica"> {
  /** Begins as a copy of an archive instead of empty; counts only when the Cluster is created. */
  recoverFrom?: StackRecoverFrom;
  /** Follows what it began from, and only reads, until it is promoted. */
  replica?: StackReplica;
}

/** Keys to stores, one setting each: `pulumi config set --secret` encrypts a setting. */
export interface StackKeys {
  /**
   * Id of the key to the store of `backups.s3`; with `s3SecretAccessKey`, in place of its `credentials`. Set both with
   * `pulumi config set --secret`.
   */
  s3AccessKeyId?: string;
  /** The secret access key that goes with `s3AccessKeyId`. */
  s3SecretAccessKey?: string;
  /** Id of the key to the store of `recoverFrom.s3`; it should only be able to read. */
  s3SourceAccessKeyId?: string;
  /** The secret access key that goes with `s3SourceAccessKeyId`. */
  s3SourceSecretAccessKey?: string;
  /** Id of the key to the store that dumps go to; it should only be able to create objects below `exports.prefix`. */
  s3ExportAccessKeyId?: string;
  /** The secret access key that goes with `s3ExportAccessKeyId`. */
  s3ExportSecretAccessKey?: string;
  /** Id of the key to the store of `importDump.from.s3`; it should only be able to read. */
  s3ImportAccessKeyId?: string;
  /** The secret access key that goes with `s3ImportAccessKeyId`. */
  s3ImportSecretAccessKey?: string;
  /**
   * Content of the Secret `platform.pullSecret`, a Docker configuration (`.dockerconfigjson`): with it the Secret is created. Set it
   * with `pulumi config set --secret`.
   */
  imagePullConfig?: string;
}

/** What a stack file says of the platform: the profile stands beside it. */
export interface StackPlatform extends Omit<PostgresPlatformArgs, "profile" | "pullConfig" | "kubeconfig"> {}

/** The arguments that are made of keys. */
export type KeyArgument = "s3Keys" | "s3SourceKeys" | "s3ExportKeys" | "s3ImportKeys";

/** A stack file's settings: what an environment takes, less project and region, which stand under `gcp:`. */
export interface StackSettings
  extends Omit<PostgresEnvironmentArgs, "project" | "region" | "kubeconfig" | "clusters" | KeyArgument>,
    StackKeys {
  /** The operator and what goes with it, for the stack that installs them. @default they are there */
  platform?: StackPlatform;
  /** Clusters by name, such as `orders-db: { namespace: orders, image: … }`. */
  clusters: { [name: string]: StackCluster };
}
