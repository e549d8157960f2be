import { type AgreementRow, type Found, nothing, type Store } from "./agreement";
import type { Properties } from "./offline/provider";
import { get, text } from "./properties";

/** A Job or CronJob that carries dumps: as whom, of which cluster, and between which folder and it. */
export interface DumpJob {
  /** `<namespace>/<Kubernetes service account>`. */
  readonly account: string;
  /** `<namespace>/<cluster>`. */
  readonly cluster: string;
  /** `gs://<bucket>/<folder>`. */
  readonly folder: string;
}

/** Reads a Job or CronJob; undefined if it has nothing to do with dumps. */
export function dumpJobOf(inputs: Properties): DumpJob | undefined {
  const job = get(inputs, "spec", "jobTemplate") ?? inputs;
  const pod = get(job, "spec", "template", "spec");
  const containers = ["initContainers", "containers"].flatMap((key) => (get(pod, key) ?? []) as Properties[]);
  const env = new Map(
    containers.flatMap((container) =>
      ((get(container, "env") ?? []) as Properties[]).map((each) => [
        text(each, "name"),
        text(each, "value"),
      ]),
    ),
  );
  const [folder, host] = [env.get("DUMP_FOLDER"), env.get("PGHOST")];
  if (folder === undefined || host === undefined) return undefined;
  const namespace = text(inputs, "metadata", "namespace");
  return {
    account: `${namespace}/${text(pod, "serviceAccountName") || "default"}`,
    cluster: `${namespace}/${host.replace(/-(rw|ro|r)$/, "")}`,
    folder,
  };
}

/** What both halves say of a cluster's dumps; nothing of one that has none. */
export function dumpRows(workload: string, archive: Store | undefined, found: Found): AgreementRow[] {
  const jobs = found.dumpJobs.filter(({ cluster }) => cluster === workload);
  const unique = new Map(jobs.map((job) => [`${job.account} ${job.folder}`, job]));
  return [...unique.values()].flatMap((job) => rowsOf(job, archive, found));
}

const annotation = ["metadata", "annotations", "iam.gke.io/gcp-service-account"];

function rowsOf({ account, folder }: DumpJob, archive: Store | undefined, found: Found): AgreementRow[] {
  const what = account.split("/")[1]?.endsWith("-import") ? "import" : "export";
  const email = text(found.serviceAccounts.get(account), ...annotation);
  const member = found.members.get(account);
  const impersonated = text(member, "serviceAccountId").split("/").at(-1) ?? "";
  const principal = found.principals.get(account) ?? "";
  const who = email === "" ? principal : `serviceAccount:${email}`;
  const [, bucket = "", prefix = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(folder) ?? [];
  const grants = found.grants.get(`${bucket} ${who}`) ?? [];
  const access = grants.find((grant) => `${prefix}/`.startsWith(prefixOf(grant, bucket)));
  const near = archive?.bucket === bucket ? archive : undefined;
  const tooFar = near && grants.find((grant) => reaches(prefixOf(grant, bucket), `${near.prefix}/`));
  // Of a bucket that somebody else manages, they may have granted it: nothing here can tell.
  const here = found.buckets.has(bucket);
  const missing = here || what === "export" ? nothing : "not declared here";
  return [
    email === ""
      ? {
          what: `${what} KSA ⇄ IAM principal`,
          cloud: principal || missing,
          cluster: account,
          agrees: principal !== "" || missing !== nothing,
        }
      : {
          what: `${what} KSA ⇄ account`,
          cloud: impersonated || nothing,
          cluster: `${account} as ${email}`,
          agrees: impersonated === email,
        },
    {
      what: `${what} role ⇄ folder`,
      cloud:
        access === undefined
          ? missing
          : `${text(access, "role")}, ${prefixOf(access, bucket) || "the whole bucket"}`,
      cluster: folder,
      agrees: access !== undefined || missing !== nothing,
    },
    ...(near === undefined
      ? []
      : [
          {
            what: `${what} can't reach the backups`,
            cloud: tooFar === undefined ? "no role there" : text(tooFar, "role"),
            cluster: near.path,
            agrees: tooFar === undefined,
          },
        ]),
  ];
}

/** What names of objects begin with that a grant is for; empty for all. */
function prefixOf(grant: Properties, bucket: string): string {
  const condition = text(grant, "condition", "expression");
  return condition.split(`/buckets/${bucket}/objects/`)[1]?.split('"')[0] ?? "";
}

const reaches = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
