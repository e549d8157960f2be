import type { ClusterArgs } from "../args/cluster";
import type { RoleArgs } from "../args/roles";
import type { Check } from "../check";
import { clientImage } from "../jobs/psql";
import { own } from "../own";
import { decideSyncs } from "../passwordSync/decide";
import type { DatabasesPlan } from "../plan/database";
import type { PlannedObject } from "../plan/object";
import type { RolesPlan } from "../plan/roles";
import type { Workload } from "../units/workload";
import { decideGrants } from "./decide";

/** What the Jobs that follow the roles are decided with. */
export interface AccessContext {
  readonly workload: Workload;
  readonly databases: DatabasesPlan;
  readonly roles: RolesPlan;
  /** The roles that the plan was made of. */
  readonly roleArgs: Readonly<Record<string, RoleArgs>>;
  /** Postgres' major version; undefined if it is not known. */
  readonly major: number | undefined;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  /** Whether an update waits for its Jobs. */
  readonly waits: boolean;
}

/** The Jobs that follow the roles: those that grant, and those that put passwords right. */
export function decideAccess(check: Check, args: ClusterArgs, context: AccessContext): PlannedObject[] {
  const { workload, databases, roles, roleArgs, major, caSecret } = context;
  const image = clientImage(args.image, major);
  const grantees = roles.roles.map(({ name, users, after }) => ({
    name,
    grants: own(roleArgs, name)?.grants,
    inRoles: own(roleArgs, name)?.inRoles ?? [],
    inherits: own(roleArgs, name)?.inherit ?? true,
    connectionLimit: own(roleArgs, name)?.connectionLimit,
    users,
    after,
  }));
  const objects = [
    ...decideGrants(check, grantees, {
      workload,
      databases,
      args: args.databases ?? {},
      image,
      caSecret,
      major,
    }),
    ...decideSyncs(
      check,
      [
        ...databases.databases.map(({ database, spec }) => ({
          at: ["databases", database, "syncOwnerPassword"] as const,
          run: own(args.databases, database)?.syncOwnerPassword,
          users: databases.owners.filter(({ role }) => role === spec.owner),
          after: [],
        })),
        ...roles.roles.map(({ name, users, after }) => ({
          at: ["roles", name, "syncPassword"] as const,
          run: own(roleArgs, name)?.syncPassword,
          users,
          after,
        })),
      ],
      { workload, image, caSecret },
    ),
  ];
  return context.waits ? objects : objects.map(notAwaited);
}

/** With `wait: { enabled: false }` nothing is waited for: Pulumi waits for a Job's end unless it is told not to. */
function notAwaited(object: PlannedObject): PlannedObject {
  if (object.kind !== "Job") return object;
  return { ...object, annotations: { ...object.annotations, "pulumi.com/skipAwait": "true" } };
}
