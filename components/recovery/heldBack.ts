import type { CredentialsArgs } from "../args/credentials";
import type { DatabaseArgs } from "../args/database";
import type { RoleArgs } from "../args/roles";
import type { Check } from "../check";
import { heldBackLogin } from "../credentials/heldBack";
import type { DatabasesPlan } from "../plan/database";
import type { PlannedObject } from "../plan/object";
import type { MaskingPlan } from "../plan/recovery";
import type { RolesPlan } from "../plan/roles";

/** The databases of a cluster whose applications have to wait. */
export function heldBack(databases: DatabasesPlan): DatabasesPlan {
  const owners = databases.owners.map(heldBackLogin);
  const internal = new Map(owners.map(({ shownAs, secretName }) => [shownAs, secretName]));
  const { first } = databases;
  return {
    ...databases,
    owners,
    first: { ...first, secret: internal.get(first.secret) ?? first.secret },
    managedRoles: databases.managedRoles.map((role) => {
      const name = internal.get(role.passwordSecret?.name ?? "");
      return name === undefined ? role : { ...role, passwordSecret: { name } };
    }),
  };
}

const notHere = ["secret", "sops", "externalSecret", "generator"] as const;
const byOthers =
  "random, or left out, with masking: only a password that Pulumi makes can be kept from the application until the data are " +
  "masked, and is another one in every generation of the clone";

/** What can't be held back until the data are masked. */
export function checkHeldBack(
  check: Check,
  args: {
    readonly databases?: Readonly<Record<string, DatabaseArgs>>;
    readonly roles?: Readonly<Record<string, RoleArgs>>;
    readonly replica?: object;
    readonly subscriptions?: Readonly<Record<string, object>>;
    readonly recoverFrom?: { readonly allowRoles?: readonly string[] };
  },
): void {
  const checkSource = (at: Check, credentials: CredentialsArgs | undefined) => {
    for (const key of notHere)
      at.require(credentials?.[key] === undefined, key, credentials?.[key], byOthers);
  };
  for (const [name, { ownerSecret, ownerCredentials }] of Object.entries(args.databases ?? {})) {
    const at = check.at("databases").at(name);
    at.require(
      ownerSecret === undefined,
      "ownerSecret",
      ownerSecret,
      "remove it with masking: a Secret that is there already would let the application in before its data are masked",
    );
    checkSource(at.at("ownerCredentials"), ownerCredentials);
  }
  for (const [name, { credentials, clientCertificate }] of Object.entries(args.roles ?? {})) {
    const at = check.at("roles").at(name);
    checkSource(at.at("credentials"), credentials);
    at.require(
      clientCertificate !== true,
      "clientCertificate",
      clientCertificate,
      "remove it with masking: CNPG makes the certificate as soon as the role is there, before the data are masked",
    );
  }
  const allowed = args.recoverFrom?.allowRoles ?? [];
  check.require(
    allowed.length === 0,
    "recoverFrom.allowRoles",
    allowed,
    "remove it with masking: with the source's password a role would come in before the data are masked. Declare it under roles: its password is the clone's own then, and nobody has it earlier",
  );
  check.require(
    args.replica === undefined,
    "masking",
    "with replica",
    "remove it with replica: it only reads, and what it becomes is what it follows; a copy to work with is a clone without replica",
  );
  const subscriptions = Object.keys(args.subscriptions ?? {});
  check.require(
    subscriptions.length === 0,
    "subscriptions",
    subscriptions,
    "remove it with masking: what they bring in afterwards would not be masked",
  );
}

/** The Secrets of applications, once the data are masked. */
export function rolesBehind(masking: MaskingPlan | undefined, roles: RolesPlan): RolesPlan {
  if (masking === undefined) return roles;
  const applications = roles.applications.map((each) => ({
    ...each,
    after: [...each.after, ...masking.jobs],
  }));
  return { ...roles, applications };
}

const late: readonly string[] = ["Job", "CronJob", "Backup"];

/**
 * What runs in a clone or copies it, once its data are masked: a dump or a base backup from before could bring back what was
 * masked, and the SQL may make tables anew, without the rights that were granted on the old ones. What runs again and again
 * goes with the former generation, or it would run in the next one too early.
 */
export function behindMasking(
  masking: MaskingPlan | undefined,
  objects: readonly PlannedObject[],
): readonly PlannedObject[] {
  if (masking === undefined) return objects;
  return objects.map((object) =>
    late.includes(object.kind)
      ? { ...object, after: [...object.after, ...masking.jobs], perLife: true }
      : object,
  );
}
