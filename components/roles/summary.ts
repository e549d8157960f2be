import { type LoginPlan, shownName } from "../plan/logins";
import type { RolesPlan } from "../plan/roles";
import { caKey } from "../units/caKey";

/** The Secret of an application: what its Deployment has to name. */
export interface ApplicationSummary {
  role: string;
  namespace: string;
  secret: string;
  /** Which instances it leads to: `rw`, `ro` or `r`. */
  service: string;
  /** Key of the pooler that it leads through, if any. */
  pooler?: string;
  /** With `verify-full`: the CA's certificate, which has to be mounted. */
  ca?: ApplicationCa;
}

/** The CA's certificate for an application: `key` of a ConfigMap or Secret in its namespace, and the path it is looked for. */
export interface ApplicationCa {
  /** `ConfigMap` or `Secret`. */
  kind: string;
  name: string;
  key: string;
  path: string;
}

export function applicationSummaries({ applications }: RolesPlan): ApplicationSummary[] {
  return applications.map(({ role, namespace, secretName, target: { service, pooler, verified } }) => ({
    role,
    namespace,
    secret: secretName,
    service,
    ...(pooler !== undefined && { pooler }),
    ...(verified !== undefined && { ca: { ...verified.ca, key: caKey, path: verified.sslrootcert } }),
  }));
}

/** Role to the name of the Secret in the cluster's namespace that is known of it; where two users take turns, each has its own. */
export function secretNamesOf(
  owners: readonly LoginPlan[],
  { logins }: Pick<RolesPlan, "logins">,
): { [role: string]: string } {
  return Object.fromEntries([...owners, ...logins].map((login) => [login.role, shownName(login)]));
}
