import { defaults } from "../args/defaults";
import { BackupTarget, type ManualBackupArgs } from "../args/manual";
import type { Check } from "../check";
import type { BackupPlan, ManualBackup } from "../plan/backup";
import { derivedName, parseWait } from "../units";
import { partName } from "../units/partName";

const longestWait = 24 * 3600;

/**
 * Base backups on demand: a Backup each, made once in a generation of the cluster.
 *
 * Pulumi waits until it is completed, since only then `status.backupId` says how Barman calls it. Deleting the object
 * deletes nothing in the bucket; retention does, and then takes the object away too.
 */
export function decideManualBackups(
  check: Check,
  cluster: string,
  manual: Readonly<Record<string, ManualBackupArgs>> | undefined,
  backup: BackupPlan | undefined,
): ManualBackup[] {
  const names = Object.keys(manual ?? {}).sort();
  if (names.length === 0) return [];
  return names.flatMap((name): ManualBackup[] => {
    const args = manual?.[name] ?? {};
    check.parse(name, name, partName);
    const at = check.at(name);
    const target = at.oneOf("target", args.target, BackupTarget);
    const seconds = at.parse("timeout", args.timeout ?? defaults.ManualBackupArgs.timeout, (text) =>
      parseWait(text, longestWait),
    );
    if (seconds !== undefined)
      at.require(seconds >= 60, "timeout", args.timeout, "a minute or more, such as 1h");
    if (backup === undefined) return [];
    const { method, pluginConfiguration } = backup.scheduledBackup.spec;
    return [
      {
        name,
        object: {
          key: `backup/${name}`,
          apiVersion: "postgresql.cnpg.io/v1",
          kind: "Backup",
          name: derivedName([cluster, name], 63),
          annotations: { "pulumi.com/waitFor": "jsonpath={.status.phase}=completed" },
          body: {
            spec: {
              cluster: { name: cluster },
              ...(method !== undefined && { method }),
              ...(pluginConfiguration !== undefined && { pluginConfiguration }),
              ...(target !== undefined && { target }),
            },
          },
          after: ["cluster"],
          perLife: true,
          replacedOnChange: true,
          readsStatus: true,
          waitSeconds: seconds ?? longestWait,
        },
      },
    ];
  });
}
