import { get, text } from "../properties";
import type { Properties } from "../provider";
import { type AgreementRow, type DumpJob, type Found, nothing, type Store } from "./found";
import { keysAt } from "./s3";

/** What both halves say of a cluster's dumps; nothing of one that has none. */
export function dumpRows(workload: string, archive: Store | undefined, found: Found): AgreementRow[] {
  const jobs = found.dumpJobs.filter(({ cluster }) => cluster === workload);
  const unique = new Map(jobs.map((job) => [`${job.account} ${job.folder}`, job]));
  return [...unique.values()].flatMap((job) => rowsOf(job, archive, found));
}

const annotation = ["metadata", "annotations", "iam.gke.io/gcp-service-account"];

function rowsOf(job: DumpJob, archive: Store | undefined, found: Found): AgreementRow[] {
  const { account, folder } = job;
  const what = account.split("/")[1]?.endsWith("-import") ? "import" : "export";
  if (folder.startsWith("s3://") || job.keys.length > 0) return keyRows(what, job, archive, found);
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
          open: principal === "",
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
      open: access === undefined,
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

/** Of a store to which keys lead, or a role of Amazon's: with which, and whether the backups are opened with others. */
function keyRows(what: string, job: DumpJob, archive: Store | undefined, found: Found): AgreementRow[] {
  const { account, folder, endpoint, keys } = job;
  const [namespace = ""] = account.split("/");
  const role = text(
    found.serviceAccounts.get(account),
    "metadata",
    "annotations",
    "eks.amazonaws.com/role-arn",
  );
  const { whose, missing, elsewhere } = keysAt(namespace, keys, found);
  const place = folder.startsWith("gs://") ? "Cloud Storage" : endpoint || "Amazon S3";
  const rows: AgreementRow[] = [
    {
      what: `${what} keys ⇄ store`,
      cloud: missing.length > 0 ? `no ${missing.join(", ")}` : whose || role || "the pods' or nodes' role",
      cluster: `${folder} at ${place}`,
      agrees: missing.length === 0,
      open: elsewhere || keys.length === 0,
    },
  ];
  if (archive?.path.startsWith("s3://") !== true || folder.startsWith("gs://")) return rows;
  const own = get(archive.configuration, "s3Credentials", "secretAccessKey");
  const same = keys.some(({ name, key }) => name === text(own, "name") && key === text(own, "key"));
  const nested =
    text(archive.configuration, "endpointURL") === endpoint &&
    (`${folder}/`.startsWith(`${archive.path}/`) || `${archive.path}/`.startsWith(`${folder}/`));
  return [
    ...rows,
    {
      what: `${what} can't reach the backups`,
      cloud: same ? "the same keys" : "others: the store's policy decides",
      cluster: archive.path,
      agrees: !same && !nested,
      open: true,
    },
  ];
}

/** What names of objects begin with that a grant is for; empty for all. */
function prefixOf(grant: Properties, bucket: string): string {
  const condition = text(grant, "condition", "expression");
  return condition.split(`/buckets/${bucket}/objects/`)[1]?.split('"')[0] ?? "";
}

const reaches = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
