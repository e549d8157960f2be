import type { IdentityMode } from "./backup";
import type { JobPurpose } from "./export";

/** A cluster that writes to the bucket. */
export interface TenantArgs {
  /** Namespace of the Cluster. */
  namespace: string;
  /** Name of the Cluster, and so of the Kubernetes service account that the operator makes for it. */
  cluster: string;
  /** Its folder in the bucket. @default `cnpg/<cluster>` */
  prefix?: string;
  /** The archive that it is recovered from, to be read and nothing else. @default none */
  reads?: SourceArgs;
}

/** A folder of a bucket, with another cluster's archive. */
export interface SourceArgs {
  /** Name of the bucket. */
  bucket: string;
  /** Folder in it, such as `cnpg/orders-db`. */
  prefix: string;
}

/** Somebody else who may read the backups of one of the tenants. */
export interface TenantReaderArgs {
  /** Namespace of the tenant. */
  namespace: string;
  /** Its cluster. */
  cluster: string;
  /** IAM member: `serviceAccount:…`, `principal://…`, `group:…` or `user:…`. */
  member: string;
  /** Moment with its time zone after which the grant has no effect. @default never */
  expires?: string;
}

/** A cluster's exports or imports. */
export interface JobTenantArgs {
  /** Namespace of the cluster. */
  namespace: string;
  /** Name of the cluster; they run as the Kubernetes service account `<cluster>-export` or `<cluster>-import`. */
  cluster: string;
  /** Whether dumps are written or read. */
  purpose: JobPurpose;
  /** Bucket with the dumps. */
  bucket: string;
  /** Folder in it, such as `exports/orders-db`. */
  prefix: string;
  /** What an account that several share may go to: a folder above. @default `prefix` */
  sharedPrefix?: string;
  /** Whether access to the folder is granted here. @default `true` */
  grant?: boolean;
}

/** Arguments of {@link BackupIdentity}. */
export interface BackupIdentityArgs {
  /** Google Cloud project id. */
  project: string;
  /** Name of the environment, part of derived account ids. @default the component's name */
  environment?: string;
  /** Bucket that the clusters write to. */
  bucket: string;
  /** The clusters. */
  tenants: TenantArgs[];
  /** Others who may read the clusters' backups. @default none */
  readers?: TenantReaderArgs[];
  /** Exports and imports, each with an account of its own kind. @default none */
  jobs?: JobTenantArgs[];
  /** `shared`, `perCluster` (an account for each cluster, limited to its prefix) or `direct` (no account). @default `shared` */
  mode?: IdentityMode;
  /** Account id with mode `shared`. @default `cnpg-<environment>` */
  serviceAccount?: string;
  /** The project's number, needed with mode `direct`. */
  projectNumber?: string;
}
