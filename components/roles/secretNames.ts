import type { Check } from "../check";
import type { LoginPlan } from "../plan/logins";
import type { RolesPlan } from "../plan/roles";
import type { Workload } from "../units/workload";

/** Secrets that CNPG makes for a cluster, by what comes after its name. */
const ofTheOperator = ["app", "ca", "pooler", "replication", "server", "superuser"];

/** A Secret that a cluster needs, and where the stack file asks for it. */
export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
  /** Who has it: one name may be asked for twice by the same. */
  readonly of: string;
  readonly path: string;
}

/** All Secrets of a cluster's users and applications, those of CNPG first. */
export function secretPlaces(
  { namespace, cluster }: Workload,
  owners: readonly LoginPlan[],
  roles: Pick<RolesPlan, "logins" | "applications">,
): SecretPlace[] {
  return [
    ...ofTheOperator.map((part) => ({
      namespace,
      name: `${cluster}-${part}`,
      of: "CloudNativePG",
      path: "",
    })),
    ...owners.flatMap((owner) => ownPlaces(namespace, owner, `databases.${owner.database}`)),
    ...roles.logins.flatMap((login) => ownPlaces(namespace, login, `roles.${login.role}`)),
    ...roles.applications.map(({ path, namespace: own, secretName: name }) => ({
      namespace: own,
      name,
      of: path,
      path: `${path}.secret`,
    })),
  ];
}

/** The Secret that CNPG reads, and the one that is known where that is another. */
function ownPlaces(namespace: string, { role, secretName, shownAs }: LoginPlan, path: string): SecretPlace[] {
  return [secretName, ...(shownAs === undefined ? [] : [shownAs])].map((name) => ({
    namespace,
    name,
    of: `role ${role}`,
    path,
  }));
}

/** Two that are told of one Secret would each write their own into it. */
export function checkSecretNames(
  check: Check,
  workload: Workload,
  owners: readonly LoginPlan[],
  roles: Pick<RolesPlan, "logins" | "applications">,
): void {
  const taken = new Map<string, SecretPlace>();
  for (const place of secretPlaces(workload, owners, roles)) {
    const key = `${place.namespace}/${place.name}`;
    const other = taken.get(key);
    if (other === undefined) taken.set(key, place);
    else if (other.of !== place.of)
      check.fail(
        place.path,
        place.name,
        `another Secret than ${key}, which is that of ${other.of}${place.path.endsWith(".secret") ? ": name one" : ""}`,
      );
  }
}
