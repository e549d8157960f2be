import { defaults } from "../args/defaults";
import { type RoleArgs, RolesAs, RotationMode } from "../args/roles";
import type { Check } from "../check";
import { decideApplications } from "../credentials/applications";
import { decideSource, generatedPassword, loginSecretName } from "../credentials/decide";
import { heldBackLogin } from "../credentials/heldBack";
import { pick } from "../pick";
import type { OwnerPlan } from "../plan/database";
import type { ApplicationPlan, LoginPlan } from "../plan/logins";
import type { Decided, RolesContext, RolesPlan } from "../plan/roles";
import { checkRole } from "./checks";
import { loginTest } from "./loginTest";
import { checkMemberships, inOrder } from "./memberships";
import { databaseRole, managedRole, type RoleBasis } from "./render";

/** Decides the roles beside the owners of databases, and the applications' Secrets of all of them. */
export function decideRoles(
  check: Check,
  args: Readonly<Record<string, RoleArgs>> | undefined,
  context: RolesContext,
): RolesPlan {
  const all = args ?? {};
  const at = check.at("roles");
  const owners = context.owners.map((owner) => owner.role);
  const names = inOrder(at, all);
  checkUserNames(at, all, owners);
  const decided = names.map((name) => {
    const role = all[name] ?? {};
    checkRole(at, name, role, context);
    checkMemberships(at.at(name), name, role, { all, owners, major: context.major });
    return decideRole(at.at(name), name, role, context);
  });
  return {
    roles: decided.map(({ plan }) => plan),
    logins: decided.flatMap(({ plan }) => plan.users),
    managedRoles: decided.flatMap(({ managed }) => managed),
    objects: decided.flatMap(({ objects }) => objects),
    applications: [
      ...context.owners.flatMap((owner) => ownerApplications(check, owner, context)),
      ...decided.flatMap(({ applications }) => applications),
    ],
    hba: decided.flatMap(({ hba }) => hba),
  };
}

function decideRole(check: Check, name: string, args: RoleArgs, context: RolesContext): Decided {
  const users = decideUsers(check, name, args, context);
  const specs = specsOf(name, args, users);
  const asObjects = context.rolesAs === RolesAs.DatabaseRole;
  const after = asObjects ? specs.map((spec) => `role/${spec.name}`) : ["cluster"];
  const current = currentUser(users, args);
  const tests =
    current === undefined || users.length < 2
      ? []
      : [loginTest(name, current, context.workload, context, after)];
  return {
    plan: { name, users, after },
    managed: asObjects ? [] : specs.map((spec) => managedRole(spec)),
    objects: [...(asObjects ? specs.map((spec) => databaseRole(spec, context)) : []), ...tests],
    applications:
      current === undefined
        ? []
        : decideApplications(check.at("applications"), args.applications, {
            ...context,
            path: `roles.${name}.applications`,
            role: name,
            login: current,
            // An application must not be told of a user before Postgres lets it in.
            after: [...after, ...tests.map(({ key }) => key)],
          }),
    hba: args.clientCertificate === true ? [`hostssl all ${JSON.stringify(name)} all cert`] : [],
  };
}

/** The roles in Postgres that one of the stack file stands for: itself, or a group and the two users in it. */
function specsOf(name: string, args: RoleArgs, users: readonly LoginPlan[]): RoleBasis[] {
  if (users.length < 2) return [{ name, args, login: users[0] }];
  const group = pick(args, ["inRoles", "comment", "reclaimPolicy"]);
  return [
    { name, args: { ...group, login: false }, login: undefined },
    // Attributes are not inherited, so that the users have them.
    ...users.map((login) => ({ name: login.role, args: { ...args, inRoles: [name] }, login })),
  ];
}

/** Who logs in: nobody, the role itself, or two that take turns. */
function decideUsers(check: Check, name: string, args: RoleArgs, context: RolesContext): LoginPlan[] {
  if (args.login === false || args.disablePassword === true || args.clientCertificate === true) return [];
  const { cluster } = context.workload;
  const { source, secretName } = decideSource(check.at("credentials"), args.credentials, cluster, name);
  const database = args.database ?? context.database;
  const login = (role: string, own: LoginPlan["source"]): LoginPlan => {
    const plan = {
      role,
      secretName: secretName ?? loginSecretName(cluster, role),
      database,
      source: own,
    };
    return context.heldBack ? heldBackLogin(plan) : plan;
  };
  if (args.rotationMode !== RotationMode.TwoUsers) return [login(name, source)];
  const random = source.kind === "random" ? source : generatedPassword;
  const rotation = source.kind === "random" ? source.rotation : 1;
  // Each has the password of the last rotation that was its turn, and so keeps it while it is the other's.
  const turn = (odd: boolean) => ((rotation % 2 === 1) === odd ? rotation : rotation - 1);
  return userNames(name).map((user, i) =>
    login(user, { ...random, rotation: turn(i === 0) } as typeof random),
  );
}

function currentUser(users: readonly LoginPlan[], args: RoleArgs): LoginPlan | undefined {
  if (users.length < 2) return users[0];
  return users[((args.credentials?.random?.rotation ?? defaults.RandomCredentials.rotation) + 1) % 2];
}

/** The two users that take turns for a role. */
function userNames(role: string): [string, string] {
  return [`${role}_a`, `${role}_b`];
}

/** No role may be managed in two places: each would undo what the other does. */
function checkUserNames(at: Check, all: Readonly<Record<string, RoleArgs>>, owners: readonly string[]): void {
  for (const [name, args] of Object.entries(all)) {
    if (args.rotationMode !== RotationMode.TwoUsers) continue;
    for (const user of userNames(name)) {
      at.require(
        Buffer.byteLength(user, "utf8") <= 63,
        name,
        name,
        "a name of at most 61 bytes with rotationMode twoUsers, which adds _a and _b",
      );
      at.require(
        !Object.hasOwn(all, user) && !owners.includes(user),
        name,
        name,
        `another name with rotationMode twoUsers: ${user} would be one of its two users, and is a role already`,
      );
    }
  }
}

function ownerApplications(check: Check, owner: OwnerPlan, context: RolesContext): ApplicationPlan[] {
  return owner.applications.flatMap(({ database, applications }) =>
    decideApplications(check.at("databases").at(database).at("applications"), applications, {
      ...context,
      path: `databases.${database}.applications`,
      role: owner.role,
      login: { ...owner, database },
      after: [`database/${database}`],
    }),
  );
}
