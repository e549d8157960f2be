import { type ApplicationPlan, type LoginPlan, secretKeys, shownName } from "../plan/logins";
import type { PlannedObject, PlannedResource } from "../plan/object";
import type { Workload } from "../units/workload";
import { applicationContent, roleContent } from "./content";
import { reloadLabel } from "./externalSecrets";

/** Whether Pulumi makes the password of a user. */
export const madeHere = ({ source }: LoginPlan): boolean => source.kind === "random";

const passwordKey = ({ role }: LoginPlan): string => `password/${role}`;

/**
 * The password of a user, which is drawn once for each rotation and is a secret in the state; none where it comes from
 * elsewhere.
 *
 * @param life of the cluster. Who is held back has another password in each: who knew the former one would come in too
 * early
 */
export function passwordOf(login: LoginPlan, life: number): PlannedResource[] {
  const { source, role, shownAs } = login;
  if (source.kind !== "random") return [];
  const { length, rotation } = source;
  const keepers = {
    ...(rotation > 1 && { rotation: String(rotation) }),
    ...(shownAs !== undefined && { generation: String(life) }),
  };
  return [
    {
      key: passwordKey(login),
      name: `/${role}`,
      type: "random:index/randomPassword:RandomPassword",
      // 32 of 62 characters are 190 bits; without punctuation nothing needs escaping anywhere.
      inputs: { length, special: false, ...(Object.keys(keepers).length > 0 && { keepers }) },
    },
  ];
}

function secretOf(
  login: LoginPlan,
  content: NonNullable<PlannedObject["filled"]>["content"],
  object: Omit<PlannedObject, "apiVersion" | "kind" | "body">,
): PlannedObject {
  const filled = { by: passwordKey(login), content };
  return { apiVersion: "v1", kind: "Secret", ...object, body: { type: "kubernetes.io/basic-auth" }, filled };
}

/** The Secret that CNPG reads. Of a user who is held back it says the password and nothing else. */
export function loginSecret(workload: Workload, login: LoginPlan): PlannedObject {
  const { role, secretName: name, shownAs } = login;
  const held = shownAs !== undefined;
  const { username, password, ...more } = roleContent(workload, login);
  return secretOf(
    login,
    { username, password, ...(!held && more) },
    {
      key: `secret/${role}`,
      // A role can have any name, also that of another one with something before or behind it.
      called: held ? `.internal/${role}` : `/${role}`,
      name,
      labels: reloadLabel,
      after: [],
    },
  );
}

/** The Secret of a user who was held back, as everybody knows it. */
export function shownSecret(workload: Workload, login: LoginPlan, after: readonly string[]): PlannedObject {
  const { role } = login;
  const object = { key: `shown/${role}`, called: `/${role}`, name: shownName(login), after, perLife: true };
  return secretOf(login, roleContent(workload, login), object);
}

/** The Secret of an application, in its own namespace. */
export function applicationSecret(workload: Workload, application: ApplicationPlan): PlannedObject {
  const { login, namespace, secretName: name, after } = application;
  return secretOf(login, applicationContent(workload, application), {
    key: `application/${namespace}/${name}`,
    name,
    namespace,
    after: [...secretKeys(login), ...after],
  });
}
