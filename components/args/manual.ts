/** Which instance a base backup is taken of. */
export const BackupTarget = { Primary: "primary", PreferStandby: "prefer-standby" } as const;
export type BackupTarget = (typeof BackupTarget)[keyof typeof BackupTarget];

/** A base backup on demand: a Backup, made once in a generation of the cluster. */
export interface ManualBackupArgs {
  /** Which instance it is taken of. @default the Cluster's, which prefers a standby */
  target?: BackupTarget;
  /** How long an update waits until it is completed, such as `4h`, at most `24h`. @default `1h` */
  timeout?: string;
}
