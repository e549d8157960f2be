import { BackupMethod, type BackupSettings } from "../args/backup";
import type { Check } from "../check";
import { notShown } from "../problems";
import { holdsKey, parseBackupSchedule, parseRetention } from "../units";
import { checkBarmanArgs } from "./barmanArgs";
import { checkSidecar } from "./sidecar";

/** As CNPG's webhook has it (`isReservedEnvironmentVariable`); its plugin's sidecar sets the same. */
const reservedVariable = /^(PG|CNPG_|(POD_NAME|NAMESPACE|CLUSTER_NAME)$)/i;

/** Checks backup settings at the place where they were written: for the environment, or for one cluster. */
export function checkBackupSettings(check: Check, settings: BackupSettings, method: BackupMethod): void {
  check.parse("retention", settings.retention, parseRetention);
  check.parse("schedule", settings.schedule, parseBackupSchedule);
  check.integer("walParallel", settings.walParallel, 1, 64);
  check.integer("dataJobs", settings.dataJobs, 1, 64);
  checkBarmanArgs(check, settings);
  for (const [name, value] of Object.entries(settings.env ?? {})) {
    const wellFormed = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
    check.require(wellFormed, `env.${name}`, name, "a name of letters, digits and underscores");
    check.require(
      !reservedVariable.test(name),
      `env.${name}`,
      value,
      "remove it: CNPG keeps POD_NAME, NAMESPACE, CLUSTER_NAME and what starts with PG or CNPG_ for itself",
    );
    check.require(
      !holdsKey(name),
      `env.${name}`,
      notShown,
      "remove it: it would stand in the manifests in the open, and before the identity or the Secret with which the store is reached",
    );
  }
  check.require(
    method === BackupMethod.Plugin || settings.dataRestoreArgs === undefined,
    "dataRestoreArgs",
    settings.dataRestoreArgs,
    "remove it with method inTree, whose restore takes none",
  );
  if (settings.sidecar === undefined) return;
  check.require(
    method === BackupMethod.Plugin,
    "sidecar",
    settings.sidecar,
    "remove it with method inTree, which has no sidecar",
  );
  checkSidecar(check.at("sidecar"), settings.sidecar);
}
