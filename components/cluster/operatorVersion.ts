import { BackupMethod } from "../args/backup";
import { RolesAs } from "../args/roles";
import type { Check } from "../check";

/** The first operator without `spec.backup.barmanObjectStore` (its webhook has warned of that since 1.26). */
const withoutInTree = { major: 1, minor: 31 };

/** Checks the operator's version and that it still has the backup method that is asked for. */
export function checkMethod(
  check: Check,
  versionKey: string,
  methodKey: string,
  method: BackupMethod,
  version: string,
): void {
  const found = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (found === null) {
    check.fail(versionKey, version, "the version of the CNPG operator, such as 1.30.0");
    return;
  }
  checkMethodKnown(check, methodKey, method, version);
}

/** Checks that the operator still has a backup method, where its version was checked already. */
export function checkMethodKnown(
  check: Check,
  methodKey: string,
  method: BackupMethod | undefined,
  version: string,
): void {
  const found = /^v?(\d+)\.(\d+)\./.exec(version);
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])];
  const gone = major > withoutInTree.major || (major === withoutInTree.major && minor >= withoutInTree.minor);
  check.require(
    method !== BackupMethod.InTree || !gone,
    methodKey,
    method,
    `plugin with operator ${version}: in-tree Barman Cloud is gone from 1.31 on`,
  );
}

/** The first operator with DatabaseRole. */
const withDatabaseRole = 30;

/** How CNPG is told of the roles: as the operator understands best. One of no known version is taken for a new one. */
export function decideRolesAs(check: Check, wanted: RolesAs | undefined, version: string): RolesAs {
  const found = /^v?(\d+)\.(\d+)\./.exec(version);
  const knows = found === null || Number(found[1]) > 1 || Number(found[2]) >= withDatabaseRole;
  const known = check.oneOf("rolesAs", wanted, RolesAs);
  check.require(
    knows || known !== RolesAs.DatabaseRole,
    "rolesAs",
    known,
    `managed with operator ${version}: DatabaseRole came with 1.30`,
  );
  return known ?? (knows ? RolesAs.DatabaseRole : RolesAs.Managed);
}
