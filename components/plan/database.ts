import type { ApplicationArgs } from "../args/credentials";
import type { ClusterSpec, DatabaseSpec } from "../crds/types";
import type { LoginPlan } from "./logins";

/** A Database resource. */
export interface DatabasePlan {
  /** Key in `databases`, which is the name in Postgres. */
  readonly database: string;
  /** Name of the Kubernetes object. */
  readonly objectName: string;
  readonly spec: DatabaseSpec;
}

/** Everything about the databases of one cluster. */
export interface DatabasesPlan {
  readonly owners: readonly OwnerPlan[];
  readonly databases: readonly DatabasePlan[];
  /** The database that initdb creates, or that a recovery or an import brings; its owner, and the Secret of that. */
  readonly first: { readonly database: string; readonly owner: string; readonly secret: string };
  readonly initdb: Initdb;
  /** Owners that the bootstrap does not see to: `spec.managed.roles`. */
  readonly managedRoles: readonly ManagedRole[];
}

/** What a cluster begins with that does not begin empty, as far as its databases are concerned. */
export interface Origin {
  /** The setting that says so. */
  readonly setting: "recoverFrom" | "baseBackupFrom" | "importFrom";
  /** All files of a server; some of its databases with their roles; or what is in one database. */
  readonly brings: "files" | "databases" | "content";
  /** Which of the databases the application uses. */
  readonly database: string | undefined;
}

/** A role that owns databases, and the Secret that holds its password. */
export interface OwnerPlan extends LoginPlan {
  /** Who logs in as it, by the database that its Secret leads to. */
  readonly applications: readonly {
    readonly database: string;
    readonly applications: readonly ApplicationArgs[];
  }[];
}

/** `spec.bootstrap.initdb` of a Cluster. */
export type Initdb = NonNullable<NonNullable<ClusterSpec["bootstrap"]>["initdb"]>;

/** An entry of `spec.managed.roles`. */
export type ManagedRole = NonNullable<NonNullable<ClusterSpec["managed"]>["roles"]>[number];
