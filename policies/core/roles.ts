import { DATABASE_ROLE } from "./cluster";
import type { Resource } from "./resource";
import type { View } from "./view";

/**
 * The roles that a Cluster's `spec.managed.roles` or a DatabaseRole declares. Those that are to be absent are left out: CNPG
 * drops such a role of a Cluster whatever else is said of it, and Kubernetes refuses such a DatabaseRole. Attributes that
 * are not said are false in both.
 */
export function declaredRoles(resource: Resource): View[] {
  const roles =
    resource.type === DATABASE_ROLE
      ? [resource.view.at("spec")]
      : resource.view.list("spec", "managed", "roles");
  // Where it is not known whether a role is to be there, what is said of it counts.
  return roles.filter(
    (role) => role.unknown || role.at("ensure").unknown || role.text("ensure") !== "absent",
  );
}
