import { own } from "../own";
import type { LiveCluster, Snapshot } from "./live";
import { oneLine, type Symptom } from "./symptom";

/** Roles of `spec.managed` whose passwords CNPG sets; none while the cluster follows another one, whose roles it has. */
function withPassword({ spec }: LiveCluster): { readonly role: string; readonly secret: string }[] {
  if (spec?.replica !== undefined && spec.replica.enabled !== false) return [];
  return (spec?.managed?.roles ?? []).flatMap(({ name, ensure, disablePassword, passwordSecret }) =>
    name === undefined ||
    passwordSecret?.name === undefined ||
    ensure === "absent" ||
    disablePassword === true
      ? []
      : [{ role: name, secret: passwordSecret.name }],
  );
}

/** Names of the Secrets that they are in. */
export function passwordSecrets(cluster: LiveCluster | undefined): string[] {
  return cluster === undefined ? [] : withPassword(cluster).map(({ secret }) => secret);
}

/**
 * Passwords that CNPG has not set yet: it notes of each role which version of its Secret that was (`managedRolesStatus`). A Secret
 * that changes leaves the Cluster and its conditions as they are.
 */
export function missingRoles(cluster: LiveCluster, secrets: Snapshot["secrets"]): string[] {
  const { passwordStatus = {}, cannotReconcile = {} } = cluster.status?.managedRolesStatus ?? {};
  const late = withPassword(cluster).filter(({ role, secret }) => {
    const version = secrets.get(secret)?.resourceVersion;
    return version !== undefined && own(passwordStatus, role)?.resourceVersion !== version;
  });
  return [
    ...late.map(({ role, secret }) => `the password of role ${role} (Secret ${secret})`),
    ...Object.keys(cannotReconcile).map((role) => `role ${role}`),
  ];
}

/** Roles that CNPG can't make as they are declared, with Postgres' own reason. */
export function roleSymptoms({ status }: LiveCluster): Symptom[] {
  return Object.entries(status?.managedRolesStatus?.cannotReconcile ?? {}).map(([role, reasons]) => ({
    key: `role ${role}`,
    text: `role ${role}: ${oneLine(reasons.join("; "))}`,
    // It may be of before the change, until CNPG tries again.
    certainAfter: 40,
  }));
}
