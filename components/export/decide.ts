import type { StoreSecret } from "../backup/access";
import type { Check } from "../check";
import { secretKeys } from "../credentials/plan";
import type { DatabasesPlan } from "../database/decide";
import { gcpServiceAccountAnnotation, type Workload } from "../identity/workload";
import { caVolume } from "../jobs/psql";
import type { Volume, VolumeMount } from "../jobs/types";
import type { PlannedObject } from "../objects";
import { matching, objectName, type Parsed, parseSize, parseWait } from "../units";
import type { ExportArgs, ImportDumpArgs, JobPurpose } from "./args";
import type { DumpFolder } from "./folder";
import type { DumpStore, DumpStores } from "./store";

/** What a cluster is told of exports by its environment, or by the program that uses the component alone. */
export interface ExportContext {
  /** Bucket for dumps; undefined if there is none. */
  readonly bucket: string | undefined;
  /** Folder in it under which every cluster has its own. */
  readonly prefix: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stores: DumpStores;
  /** E-mails of the Google service accounts that jobs act as; undefined if they act as themselves. */
  readonly accounts: Readonly<Partial<Record<JobPurpose, string>>>;
}

/** What a job with an identity of its own needs in a bucket. */
export interface JobTenant {
  /** The Kubernetes account that it runs as. */
  readonly workload: Workload;
  readonly purpose: JobPurpose;
  readonly folder: DumpFolder;
  /** What it may go to with an account that it shares with others. */
  readonly sharedFolder: DumpFolder;
  /** Whether it goes there with an identity of Google's that is declared here; otherwise whoever runs the store says who may. */
  readonly ofGoogle: boolean;
  /** Whether access to the folder is to be granted; otherwise somebody else does that. */
  readonly grant: boolean;
}

/** What dumps are made of one cluster, or one cluster is made of. */
export interface DumpsPlan {
  readonly tenants: readonly JobTenant[];
  /** Export to the folder that its dumps go to, as an address. */
  readonly exports: Readonly<Record<string, string>>;
  /** The Secrets with keys to stores that are made for it. */
  readonly secrets: readonly StoreSecret[];
  readonly objects: readonly PlannedObject[];
}

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

/** What stands between a cluster's name and the rest in names of objects. */
export function partName(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/,
    'a name of at most 40 lower-case letters, digits and hyphens, with a letter or digit at each end, such as "nightly"',
  );
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

/** What exports and imports have in common; seconds after which a job is stopped. */
export function checkJob(check: Check, args: ExportArgs | ImportDumpArgs): number {
  check.parse("storage", args.storage, parseSize);
  check.parse("storageClass", args.storageClass, objectName);
  const seconds = check.parse("timeout", args.timeout ?? "1h", (text) => parseWait(text, longestTimeout));
  if (seconds !== undefined)
    check.require(seconds >= 60, "timeout", args.timeout, "a minute or more, such as 1h");
  return seconds ?? longestTimeout;
}

const defaultStorage = "10Gi";

/** Where a dump lies on its way. */
export const dumpMount: VolumeMount = { name: "dump", mountPath: "/dump" };

/** Volumes of a job: room for the dump, the server's CA, and what it needs of the store. */
export function jobVolumes(
  { caSecret }: JobBasis,
  args: ExportArgs | ImportDumpArgs,
  { volumes }: DumpStore,
): Volume[] {
  const storage = args.storage ?? defaultStorage;
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
export function dumpResources(args: ExportArgs | ImportDumpArgs) {
  return {
    requests: {
      cpu: "100m",
      memory: "128Mi",
      ...(args.storageClass === undefined && { "ephemeral-storage": args.storage ?? defaultStorage }),
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
  return {
    key: purpose,
    apiVersion: "v1",
    kind: "ServiceAccount",
    name: workload.job(purpose).cluster,
    labels: { "app.kubernetes.io/component": purpose },
    ...(Object.keys(annotations).length > 0 && { annotations }),
    body: { automountServiceAccountToken: false },
    after: ["cluster"],
  };
}
