import { BackupMethod } from "../backup/args";
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
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const gone = major > withoutInTree.major || (major === withoutInTree.major && minor >= withoutInTree.minor);
  check.require(
    method !== BackupMethod.InTree || !gone,
    methodKey,
    method,
    `plugin with operator ${version}: in-tree Barman Cloud is gone from 1.31 on`,
  );
}
