import { defaults } from "../args/defaults";
import type { RoleArgs } from "../args/roles";
import type { DatabaseRoleSpec } from "../crds/types";
import { pick } from "../pick";
import type { ManagedRole } from "../plan/database";
import { type LoginPlan, secretKeys } from "../plan/logins";
import type { PlannedObject } from "../plan/object";
import { derivedName, objectNamePart, parseInstant } from "../units";
import type { Workload } from "../units/workload";

/** One role as CNPG is to have it. */
export interface RoleBasis {
  readonly name: string;
  readonly args: RoleArgs;
  /** Absent for a role without a password. */
  readonly login: LoginPlan | undefined;
}

/** What both ways have in common: CNPG's `RoleConfiguration`. */
function configuration({ name, args, login }: RoleBasis) {
  const { validUntil } = args;
  const until = validUntil === undefined ? undefined : parseInstant(validUntil);
  const noPassword = args.disablePassword === true || args.clientCertificate === true;
  return {
    name,
    // As the API server keeps it, which leaves a false out: Pulumi would find it changed at the next update.
    ...((args.login ?? defaults.RoleArgs.login) && { login: true }),
    ...pick(args, ["createdb", "createrole", "inherit", "bypassrls", "replication"]),
    ...pick(args, ["connectionLimit", "comment"]),
    ...(args.inRoles !== undefined && args.inRoles.length > 0 && { inRoles: [...args.inRoles] }),
    // As CNPG writes it back: any other form of the same moment would be two owners of one field.
    ...(until?.ok && { validUntil: `${new Date(until.value.millis).toISOString().slice(0, 19)}Z` }),
    ...(login !== undefined && { passwordSecret: { name: login.secretName } }),
    ...(noPassword && { disablePassword: true }),
  };
}

/** The role in the Cluster's spec. */
export function managedRole(basis: RoleBasis): ManagedRole {
  return { ...configuration(basis), ensure: "present" };
}

/** Name of a role's DatabaseRole; its client certificate is in the Secret `<name>-client-cert`. */
export function databaseRoleName(cluster: string, role: string): string {
  return derivedName([cluster, objectNamePart(role)], 63);
}

/** Seconds that a role is waited for, with its Cluster there already. */
const patience = 300;

/** The role as a DatabaseRole. */
export function databaseRole(
  basis: RoleBasis,
  context: {
    readonly workload: Workload;
    readonly waitSeconds: number;
    readonly owners: readonly { readonly role: string }[];
  },
): PlannedObject {
  const { args, name, login } = basis;
  const { cluster } = context.workload;
  const { clientCertificate } = args;
  const spec: DatabaseRoleSpec = {
    cluster: { name: cluster },
    ...configuration(basis),
    databaseRoleReclaimPolicy: args.reclaimPolicy ?? defaults.RoleArgs.reclaimPolicy,
    ...(clientCertificate === true && { clientCertificate: { enabled: true } }),
  };
  // Postgres' own are there, and owners come with the Cluster: it says them itself.
  const owners = new Set(context.owners.map(({ role }) => role));
  const parents = (args.inRoles ?? []).filter((role) => !role.startsWith("pg_") && !owners.has(role));
  return {
    key: `role/${name}`,
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "DatabaseRole",
    name: databaseRoleName(cluster, name),
    annotations: { "pulumi.com/skipAwait": "true" },
    watchedAs: "DatabaseRole",
    body: { spec },
    after: [
      "cluster",
      ...(login === undefined ? [] : secretKeys(login)),
      ...parents.map((role) => `role/${role}`),
    ],
    // CNPG applies one once for each of its generations: a new Cluster of the same name would never get it.
    perLife: true,
    ...(context.waitSeconds > 0 && { waitSeconds: patience }),
  };
}
