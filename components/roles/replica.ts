import type { ReplicaPlan } from "../plan/migration";
import type { RolesPlan } from "../plan/roles";

const none: RolesPlan = { roles: [], logins: [], managedRoles: [], objects: [], applications: [], hba: [] };

/**
 * What of its roles a cluster declares while it follows another one. A replica that stands alone has its source's roles and
 * declares none. One of a distributed topology keeps them, since it may be the primary again tomorrow and the operator holds
 * them back until then; but nothing is run in it, as nothing can be written there.
 */
export function rolesOf(plan: RolesPlan, replica: ReplicaPlan | undefined): RolesPlan {
  if (replica?.follows !== true) return plan;
  if (replica.readOnly) return none;
  const run = new Set(plan.objects.filter(({ kind }) => kind === "Job").map(({ key }) => key));
  const without = <T extends { readonly after: readonly string[] }>(each: T): T => ({
    ...each,
    after: each.after.filter((key) => !run.has(key)),
  });
  return {
    ...plan,
    objects: plan.objects.filter(({ key }) => !run.has(key)).map(without),
    applications: plan.applications.map(without),
  };
}
