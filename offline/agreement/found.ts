import { get, text } from "../properties";
import type { Properties } from "../provider";
import type { Declared } from "../providers";

/** One thing that both halves say. */
export interface AgreementRow {
  readonly what: string;
  readonly cloud: string;
  readonly cluster: string;
  readonly agrees: boolean;
  /** One half of it is elsewhere, so that nobody has compared them. */
  readonly open?: boolean;
  /** What a person has to know of it, although nothing disagrees. */
  readonly warning?: string;
}

/** Stands where one half says nothing. */
export const nothing = "—";

const types = {
  cluster: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  schedule: "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
  store: "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
  member: "gcp:serviceaccount/iAMMember:IAMMember",
  grant: "gcp:storage/bucketIAMMember:BucketIAMMember",
  bucket: "gcp:storage/bucket:Bucket",
  secret: "kubernetes:core/v1:Secret",
  account: "kubernetes:core/v1:ServiceAccount",
} as const;

/** The declared resources by what they are looked up by, so that a thousand clusters are not each compared with all. */
export class Found {
  readonly clusters: Properties[] = [];
  /** By `<namespace>/<name>`. */
  readonly stores = new Map<string, Properties>();
  /** By `<namespace>/<name>`. */
  readonly secrets = new Map<string, Properties>();
  /** By `<namespace>/<cluster>`. */
  readonly schedules = new Map<string, Properties>();
  /** Workload Identity members by `<namespace>/<cluster>`. */
  readonly members = new Map<string, Properties>();
  /** IAM principals of the direct kind by `<namespace>/<cluster>`. */
  readonly principals = new Map<string, string>();
  /** By bucket and member. */
  readonly grants = new Map<string, Properties[]>();
  readonly buckets = new Map<string, Properties>();
  /** Kubernetes accounts that are made here, by `<namespace>/<name>`. */
  readonly serviceAccounts = new Map<string, Properties>();
  readonly dumpJobs: DumpJob[] = [];

  constructor(declared: Iterable<Declared>) {
    for (const { type, inputs } of declared) this.note(type, inputs);
  }

  private note(type: string, inputs: Properties): void {
    const namespace = text(inputs, "metadata", "namespace");
    const member = text(inputs, "member");
    if (type === types.cluster) this.clusters.push(inputs);
    else if (type === types.store)
      this.stores.set(`${namespace}/${text(inputs, "metadata", "name")}`, inputs);
    else if (type === types.secret)
      this.secrets.set(`${namespace}/${text(inputs, "metadata", "name")}`, inputs);
    else if (type === types.schedule)
      this.schedules.set(`${namespace}/${text(inputs, "spec", "cluster", "name")}`, inputs);
    else if (type === types.account)
      this.serviceAccounts.set(`${namespace}/${text(inputs, "metadata", "name")}`, inputs);
    else if (jobTypes.includes(type)) this.dumpJobs.push(...[dumpJobOf(inputs) ?? []].flat());
    else if (type === types.bucket) this.buckets.set(text(inputs, "name"), inputs);
    else if (type === types.member && text(inputs, "role") === "roles/iam.workloadIdentityUser") {
      const workload = /\.svc\.id\.goog\[(.+)\]$/.exec(member)?.[1];
      if (workload !== undefined) this.members.set(workload, inputs);
    } else if (type === types.grant) {
      const key = `${text(inputs, "bucket")} ${member}`;
      this.grants.set(key, [...(this.grants.get(key) ?? []), inputs]);
      const [, ns, name] = /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(member) ?? [];
      if (ns !== undefined) this.principals.set(`${ns}/${name}`, member);
    }
  }
}

/** Where a cluster archives. */
export interface Store {
  readonly bucket: string;
  readonly prefix: string;
  readonly path: string;
  readonly serverName: string;
  readonly retention: string;
  /** How it is opened: part of an ObjectStore, or of a Cluster. */
  readonly configuration: unknown;
  /** Barman's environment. */
  readonly env: ReadonlyMap<string, string>;
}

/** Roles that let Barman archive and delete. */
export const objectRoles = ["roles/storage.objectUser", "roles/storage.objectAdmin"];

const jobTypes = ["kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"];

/** A Job or CronJob that carries dumps: as whom, of which cluster, and between which folder and it. */
export interface DumpJob {
  /** `<namespace>/<Kubernetes service account>`. */
  readonly account: string;
  /** `<namespace>/<cluster>`. */
  readonly cluster: string;
  /** `gs://<bucket>/<folder>` or `s3://<bucket>/<folder>`. */
  readonly folder: string;
  /** Address of the S3-compatible server; empty for Amazon's, and for Cloud Storage. */
  readonly endpoint: string;
  /** The references to Secrets with which rclone opens the store. */
  readonly keys: readonly { readonly name: string; readonly key: string }[];
}

/** Reads a Job or CronJob; undefined if it has nothing to do with dumps. */
function dumpJobOf(inputs: Properties): DumpJob | undefined {
  const job = get(inputs, "spec", "jobTemplate") ?? inputs;
  const pod = get(job, "spec", "template", "spec");
  const containers = ["initContainers", "containers"].flatMap((key) => (get(pod, key) ?? []) as Properties[]);
  const variables = containers.flatMap((container) => (get(container, "env") ?? []) as Properties[]);
  const env = new Map(variables.map((each) => [text(each, "name"), text(each, "value")]));
  const [folder, host] = [env.get("DUMP_FOLDER"), env.get("PGHOST")];
  if (folder === undefined || host === undefined) return undefined;
  const namespace = text(inputs, "metadata", "namespace");
  return {
    account: `${namespace}/${text(pod, "serviceAccountName") || "default"}`,
    cluster: `${namespace}/${host.replace(/-(rw|ro|r)$/, "")}`,
    folder,
    endpoint: env.get("RCLONE_CONFIG_STORE_ENDPOINT") ?? "",
    keys: variables.flatMap((each) => {
      const ref = get(each, "valueFrom", "secretKeyRef");
      if (ref === undefined || !text(each, "name").startsWith("RCLONE_CONFIG_STORE_")) return [];
      return [{ name: text(ref, "name"), key: text(ref, "key") }];
    }),
  };
}
