import type { LoginPlan } from "../plan/logins";
import { derivedName } from "../units";

/**
 * A user whom nobody can know of yet: CNPG is given the password by a Secret of another name, because it takes one from a
 * Secret that is there when the Cluster is, and would leave the source's password until then.
 */
export function heldBackLogin<Login extends LoginPlan>(login: Login): Login {
  const { secretName } = login;
  return { ...login, secretName: derivedName([secretName, "internal"], 63), shownAs: secretName };
}
