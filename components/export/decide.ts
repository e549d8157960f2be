import type { ExportArgs, ImportDumpArgs, JobPurpose } from "../args/export";
import type { Check } from "../check";
import { account } from "../jobs/account";
import { caVolume } from "../jobs/psql";
import type { DatabasesPlan } from "../plan/database";
import type { DumpStore, ExportContext } from "../plan/dumps";
import type { Volume, VolumeMount } from "../plan/job";
import { secretKeys } from "../plan/logins";
import type { PlannedObject } from "../plan/object";
import { objectName, parseSize, parseWait } from "../units";
import { gcpServiceAccountAnnotation, type Workload } from "../units/workload";

/** What all jobs of a cluster start from. */
export interface JobBasis {
  readonly workload: Workload;
  readonly databases: DatabasesPlan;
  /** Image with psql, pg_dump and pg_restore of the cluster's major. */
  readonly clientImage: string;
  /** Postgres major; undefined if that is not known. */
  readonly major: number | undefined;
  /** Secret with the server's CA. */
  readonly caSecret: string;
  readonly generation: number;
  readonly context: ExportContext;
}

/** The database that is meant; undefined after a problem was reported. */
export function decideDatabase(check: Check, named: string | undefined, databases: DatabasesPlan) {
  const names = databases.databases.map(({ database }) => database);
  const choice = names.join(", ");
  if (named === undefined && names.length !== 1) {
    check.fail("database", undefined, `which of the databases: ${choice}`);
    return undefined;
  }
  const found = databases.databases.find(({ database }) => database === (named ?? names[0]));
  if (found === undefined) check.fail("database", named, `one of the databases: ${choice}`);
  return found;
}

/** The Secret of a database's owner, and what comes before a job that uses it. */
export function ownerOf(
  databases: DatabasesPlan,
  owner: string,
): { secret: string; after: readonly string[] } {
  const plan = databases.owners.find(({ role }) => role === owner);
  return { secret: plan?.secretName ?? "", after: plan === undefined ? [] : secretKeys(plan) };
}

const longestTimeout = 24 * 3600;

type JobArgs = Pick<ExportArgs & ImportDumpArgs, "storage" | "storageClass" | "timeout">;
type JobDefaults = Readonly<Record<"storage" | "timeout", string>>;

/** What exports and imports have in common; seconds after which a job is stopped. */
export function checkJob(check: Check, args: JobArgs, byDefault: JobDefaults): number {
  check.parse("storage", args.storage, parseSize);
  check.parse("storageClass", args.storageClass, objectName);
  const seconds = check.parse("timeout", args.timeout ?? byDefault.timeout, (text) =>
    parseWait(text, longestTimeout),
  );
  if (seconds !== undefined)
    check.require(seconds >= 60, "timeout", args.timeout, "a minute or more, such as 1h");
  return seconds ?? longestTimeout;
}

/** Where a dump lies on its way. */
export const dumpMount: VolumeMount = { name: "dump", mountPath: "/dump" };

/** Volumes of a job: room for the dump, the server's CA, and what it needs of the store. */
export function jobVolumes(
  { caSecret }: JobBasis,
  args: JobArgs,
  { volumes }: DumpStore,
  byDefault: JobDefaults,
): Volume[] {
  const storage = args.storage ?? byDefault.storage;
  const room: Volume =
    args.storageClass === undefined
      ? { name: dumpMount.name, emptyDir: { sizeLimit: storage } }
      : {
          name: dumpMount.name,
          ephemeral: {
            volumeClaimTemplate: {
              spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: args.storageClass,
                resources: { requests: { storage } },
              },
            },
          },
        };
  return [room, caVolume(caSecret), ...volumes];
}

/** Requests and limits of the container that fills the room: of a node's own disk it has to be kept free. */
export function dumpResources(args: JobArgs, byDefault: JobDefaults) {
  return {
    requests: {
      cpu: "100m",
      memory: "128Mi",
      ...(args.storageClass === undefined && {
        "ephemeral-storage": args.storage ?? byDefault.storage,
      }),
    },
    limits: { memory: "1Gi" },
  };
}

/** The Kubernetes account of a cluster's exports or imports: made here, and nobody else runs as it. */
export function jobAccount(
  workload: Workload,
  purpose: JobPurpose,
  store: DumpStore,
  email: string | undefined,
): PlannedObject {
  const annotations = {
    ...store.annotations,
    ...(email !== undefined && { [gcpServiceAccountAnnotation]: email }),
  };
  return account({
    key: purpose,
    name: workload.job(purpose).cluster,
    labels: { "app.kubernetes.io/component": purpose },
    ...(Object.keys(annotations).length > 0 && { annotations }),
    after: ["cluster"],
  });
}
