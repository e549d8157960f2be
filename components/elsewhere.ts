import { unknownSetting } from "./nearest";

/** Settings that people know from a Cluster manifest or another tool, and where to turn instead. */
const elsewhere: Readonly<Record<string, string>> = {
  recovery: "called recoverFrom here",
  bootstrap:
    "remove it: a cluster begins with initdb, or as recoverFrom, importFrom or baseBackupFrom says; their settings stand under those names",
  externalClusters:
    "remove it: where a cluster is recovered from stands under recoverFrom, Postgres servers under servers",
  import: "called importFrom here, beside initdb",
  pg_basebackup: "called baseBackupFrom here",
  connectionParameters: "remove it: host, port, user, database and sslMode stand without it",
  dbname: "called database here",
  externalCluster: "called server here, the name of one of servers",
  externalClusterName: "called server here, the name of one of servers",
  publicationName: "called publication here",
  publicationDBName: "called publicationDatabase here",
  objects: "called tables and schemas here",
  recoveryTarget: "called recoverFrom.target here",
  targetTime: "called target.time here",
  targetLSN: "called target.lsn here",
  targetXID: "called target.xid here",
  targetName: "called target.name here",
  targetImmediate: "called target.immediate here",
  targetTLI: "called target.timeline here",
  exclusive: "called inclusive here, and the other way round",
  serviceAccountName:
    "remove it: the Barman Cloud plugin only works with the service account that is named after the Cluster",
  imageName: "called image here",
  s3Credentials: "called s3.credentials here",
  endpointURL: "called s3.endpoint here",
  destinationPath: "remove it: it is made of bucket and prefix",
  serverCASecret: "called server.caSecret here",
  serverTLSSecret: "called server.secret here",
  clientCASecret: "called client.caSecret here",
  replicationTLSSecret: "called client.secret here",
  pool_mode: "called poolMode here",
  pgbouncer: "remove it: what it holds stands here directly, such as poolMode and parameters",
  authQuery: "remove it: CNPG makes the role and the function that look passwords up",
  authQuerySecret: "remove it: CNPG makes the certificate with which passwords are looked up",
  retentionPolicy: "called backup.retention here",
  superuser:
    "remove it: no role is a superuser. What needs one once is an extension or initdb.postInitSQL; a role gets what it needs " +
    "by createdb, createrole or inRoles",
  passwordSecret: "called credentials.secret here",
  databaseRoleReclaimPolicy: "called reclaimPolicy here",
  ensure:
    "remove it: a role that is declared is present, and reclaimPolicy says what becomes of one that is taken out",
};

/** Settings that mean something else in other places, and where to turn instead; with what they stand in. */
const elsewhereIn: Readonly<Record<string, string>> = {
  "recoverFrom.backup":
    "called target.backupID here, which is status.backupId of a Backup and not its name: a plugin's Backup can't be recovered from by name",
  "recoverFrom.backupID": "called target.backupID here",
};

/** What to say of a key that there is not: how it is called here, or the nearest that there is. */
export function unknownKey(path: readonly (string | number)[], known: readonly string[]): string {
  const key = String(path.at(-1));
  const placed = `${String(path.at(-2))}.${key}`;
  if (Object.hasOwn(elsewhereIn, placed)) return elsewhereIn[placed] ?? "";
  if (Object.hasOwn(elsewhere, key)) return elsewhere[key] ?? "";
  return unknownSetting(key, known);
}

/** Whether a name is only that of a setting which is called otherwise here: no secret stands under it. */
export const standsElsewhere = (name: string): boolean => Object.hasOwn(elsewhere, name);
