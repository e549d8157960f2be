import { BackupMethod } from "../args/backup";
import { defaults } from "../args/defaults";
import { RolesAs } from "../args/roles";
import type { Check } from "../check";
import { firstWithoutInTree, isOlder, minorOf } from "../platform/releases";

/**
 * Decides the backup method and the operator's version, and checks that this operator has that method.
 *
 * @param methodKey path of the method
 */
export function decideMethod(
  check: Check,
  methodKey: string,
  wanted: BackupMethod | undefined,
  wantedVersion: string | undefined,
): { method: BackupMethod; operatorVersion: string } {
  const method = check.oneOf(methodKey, wanted, BackupMethod) ?? defaults.EnvironmentBackups.method;
  const operatorVersion = wantedVersion ?? defaults.PostgresEnvironmentArgs.operatorVersion;
  if (/^v?\d+\.\d+\.\d+$/.test(operatorVersion)) checkMethodKnown(check, methodKey, method, operatorVersion);
  else check.fail("operatorVersion", operatorVersion, "the version of the CNPG operator, such as 1.30.0");
  return { method, operatorVersion };
}

/** Checks that the operator still has a backup method, where its version was checked already. */
export function checkMethodKnown(
  check: Check,
  methodKey: string,
  method: BackupMethod | undefined,
  version: string,
): void {
  const minor = minorOf(version);
  const gone = minor !== undefined && !isOlder(minor, firstWithoutInTree);
  check.require(
    method !== BackupMethod.InTree || !gone,
    methodKey,
    method,
    `plugin with operator ${version}: in-tree Barman Cloud is gone from 1.31 on`,
  );
}

/** The first operator with DatabaseRole. */
const firstWithDatabaseRole = "1.30";

/** How CNPG is told of the roles: as the operator understands best. One of no known version is taken for a new one. */
export function decideRolesAs(check: Check, wanted: RolesAs | undefined, version: string): RolesAs {
  const minor = minorOf(version);
  const knows = minor === undefined || !isOlder(minor, firstWithDatabaseRole);
  const known = check.oneOf("rolesAs", wanted, RolesAs);
  check.require(
    knows || known !== RolesAs.DatabaseRole,
    "rolesAs",
    known,
    `managed with operator ${version}: DatabaseRole came with 1.30`,
  );
  return known ?? (knows ? RolesAs.DatabaseRole : RolesAs.Managed);
}
