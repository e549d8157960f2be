import { type LoginPlan, shownName } from "../credentials/plan";
import type { RolesPlan } from "./decide";

/** The Secret of an application: what its Deployment has to name. */
export interface ApplicationSummary {
  role: string;
  namespace: string;
  secret: string;
  /** Which instances it leads to: `rw`, `ro` or `r`. */
  service: string;
}

export function applicationSummaries({ applications }: RolesPlan): ApplicationSummary[] {
  return applications.map(({ role, namespace, secretName, service }) => ({
    role,
    namespace,
    secret: secretName,
    service,
  }));
}

/** Role to the name of the Secret in the cluster's namespace that is known of it; where two users take turns, each has its own. */
export function secretNamesOf(
  owners: readonly LoginPlan[],
  { logins }: Pick<RolesPlan, "logins">,
): { [role: string]: string } {
  return Object.fromEntries([...owners, ...logins].map((login) => [login.role, shownName(login)]));
}
