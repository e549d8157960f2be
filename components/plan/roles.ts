import type { Profile } from "../args/profiles";
import type { RolesAs } from "../args/roles";
import type { ManagedRole, OwnerPlan } from "./database";
import type { ApplicationPlan, LoginPlan, TargetContext } from "./logins";
import type { PlannedObject } from "./object";

/** A role in Postgres, decided. */
export interface RolePlan {
  readonly name: string;
  /** Users that log in as it: itself, the two that take turns, or nobody. */
  readonly users: readonly LoginPlan[];
  /** What has to be there before it can be relied on, for `PlannedObject.after`. */
  readonly after: readonly string[];
}

/** Everything about the roles of one cluster. */
export interface RolesPlan {
  /** The declared roles, each after those that it is a member of. */
  readonly roles: readonly RolePlan[];
  /** Users with passwords, but for the owners of databases. */
  readonly logins: readonly LoginPlan[];
  readonly managedRoles: readonly ManagedRole[];
  /** DatabaseRoles, and tests that a user can log in. */
  readonly objects: readonly PlannedObject[];
  /** The Secrets of applications, those of owners too. */
  readonly applications: readonly ApplicationPlan[];
  /** `pg_hba` lines for roles that log in with a certificate. */
  readonly hba: readonly string[];
}

/** What the roles of a cluster are decided with. */
export interface RolesContext extends TestContext, TargetContext {
  readonly profile: Profile;
  readonly major: number | undefined;
  /** Whether CNPG can sign certificates for roles. */
  readonly signsClients: boolean;
  readonly rolesAs: RolesAs;
  readonly owners: readonly OwnerPlan[];
  readonly databases: readonly string[];
  /** The database that a role's Secrets lead to if it does not say. */
  readonly database: string;
  /** Seconds to wait until a role is there; 0 is not at all. */
  readonly waitSeconds: number;
  /** Whether nobody may know of the users before the data are masked. */
  readonly heldBack: boolean;
}
export interface Decided {
  readonly plan: RolePlan;
  readonly managed: readonly ManagedRole[];
  readonly objects: readonly PlannedObject[];
  readonly applications: readonly ApplicationPlan[];
  readonly hba: readonly string[];
}

/** What a test of a login needs. */
export interface TestContext {
  /** The cluster's image; undefined where a catalog names it. */
  readonly image: string | undefined;
  readonly major: number | undefined;
  /** Secret with the server's CA. */
  readonly caSecret: string;
}
