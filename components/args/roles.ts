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
  /** Whether it can log in; one that can't is a group to be a member of. @default `true` */
  login?: boolean;
  /** Whether it may create databases. @default `false` */
  createdb?: boolean;
  /** Whether it may create and change roles. @default `false` */
  createrole?: boolean;
  /** Whether it has the rights of the roles that it is in without `SET ROLE`. @default `true` */
  inherit?: boolean;
  /** Whether row security does not hold for it. @default `false` */
  bypassrls?: boolean;
  /** Whether it may replicate, for change data capture; CNPG's own replication has a role of its own. @default `false` */
  replication?: boolean;
  /** Roles that it is a member of: others that are declared here, or Postgres' own such as `pg_read_all_data`. @default none */
  inRoles?: string[];
  /** Connections that it takes at most; -1 is no limit. With two users, each. @default -1 */
  connectionLimit?: number;
  /** When its password expires, such as `2027-01-01T00:00:00Z`: a date and time with a time zone. @default never */
  validUntil?: string;
  /** Comment in Postgres. */
  comment?: string;
  /** The database that its Secrets lead to. @default the first one */
  database?: string;
  /**
   * What becomes of the role in Postgres when it is taken out of the file; `delete` only in dev, and with a `DatabaseRole`.
   * @default `retain`
   */
  reclaimPolicy?: ReclaimPolicy;
  /** Whether it has no password at all (`PASSWORD NULL`). @default `false` */
  disablePassword?: boolean;
  /**
   * Whether CNPG makes a client certificate for it, in the Secret `<object name>-client-cert`, with which alone it then logs
   * in over TLS (`DatabaseRole.spec.clientCertificate`).
   * @default `false`
   */
  clientCertificate?: boolean;
  /** Where its password comes from: one of these. @default `random`, in the Secret `<cluster>-<role>-credentials` */
  credentials?: CredentialsArgs;
  /** What a rotation changes: `inPlace` the password, `twoUsers` the user, so that no client is refused. @default `inPlace` */
  rotationMode?: RotationMode;
  /** Applications that log in as it; each gets a Secret in its own namespace. @default none */
  applications?: ApplicationArgs[];
  /**
   * What it may do, by database; schemas are `public`, those of `schemas`, or `"*"` for all. No rights in any database are
   * managed as long as no role has this.
   * @default nothing
   */
  grants?: { [database: string]: GrantArgs };
  /**
   * Any text, such as today's date: one Job looks whether the role's password is that of its Secret, and repairs it if it was
   * changed by hand. Another text is another Job.
   * @default none
   */
  syncPassword?: string;
}
