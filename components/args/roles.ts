import type { ApplicationArgs, CredentialsArgs } from "./credentials";
import type { ReclaimPolicy } from "./database";
import type { GrantArgs } from "./grants";

/** How CNPG is told of the roles. */
export const RolesAs = {
  /** A `DatabaseRole` resource each, from operator 1.30 on. */
  DatabaseRole: "databaseRole",
  /** `spec.managed.roles` of the Cluster. */
  Managed: "managed",
} as const;
export type RolesAs = (typeof RolesAs)[keyof typeof RolesAs];

/** What a rotation changes. */
export const RotationMode = {
  /** The role's password: clients with the old one are refused from then on. */
  InPlace: "inPlace",
  /**
   * The user: `<role>_a` and `<role>_b` take turns, both members of the role, which itself can't log in. The former one's
   * password works until the next rotation.
   */
  TwoUsers: "twoUsers",
} as const;
export type RotationMode = (typeof RotationMode)[keyof typeof RotationMode];

/**
 * A role beside the owners of databases. What is left out is what Postgres has for it; with a `DatabaseRole` an existing
 * role of that name is adopted and all of it is reset (CNPG, "PostgreSQL Role management").
 */
export interface RoleArgs {
  /** Whether it can log in; one that can't is a group to be a member of. Default: `true`. */
  login?: boolean;
  /** Whether it may create databases. Default: `false`. */
  createdb?: boolean;
  /** Whether it may create and change roles. Default: `false`. */
  createrole?: boolean;
  /** Whether it has the rights of the roles that it is in without `SET ROLE`. Default: `true`. */
  inherit?: boolean;
  /** Whether row security does not hold for it. Default: `false`. */
  bypassrls?: boolean;
  /** Whether it may replicate, for change data capture; CNPG's own replication has a role of its own. Default: `false`. */
  replication?: boolean;
  /** Roles that it is a member of: others that are declared here, or Postgres' own such as `pg_read_all_data`. Default: none. */
  inRoles?: string[];
  /** Connections that it takes at most; -1 is no limit. With two users, each. Default: -1. */
  connectionLimit?: number;
  /** When its password expires: a date and time with a time zone. Default: never. */
  validUntil?: string;
  /** Comment in Postgres. */
  comment?: string;
  /** The database that its Secrets lead to. Default: the first one. */
  database?: string;
  /**
   * What becomes of the role in Postgres when it is taken out of the file; `delete` only in dev, and with a `DatabaseRole`.
   * Default: `retain`.
   */
  reclaimPolicy?: ReclaimPolicy;
  /** Whether it has no password at all (`PASSWORD NULL`). Default: `false`. */
  disablePassword?: boolean;
  /**
   * Whether CNPG makes a client certificate for it, in the Secret `<object name>-client-cert`, with which alone it then logs
   * in over TLS (`DatabaseRole.spec.clientCertificate`). Default: `false`.
   */
  clientCertificate?: boolean;
  /** Where its password comes from. Default: a generated one, in the Secret `<cluster>-<role>-credentials`. */
  credentials?: CredentialsArgs;
  /** What a rotation changes. Default: `inPlace`. */
  rotationMode?: RotationMode;
  /** Applications that log in as it. Default: none. */
  applications?: ApplicationArgs[];
  /** What it may do, by database. Default: nothing; and no rights in any database are managed as long as no role has this. */
  grants?: { [database: string]: GrantArgs };
  /**
   * Any text, such as today's date: one Job looks whether the role's password is that of its Secret, and repairs it if it was
   * changed by hand. Another text is another Job. Default: none.
   */
  syncPassword?: string;
}
