import { archiveOf, CLUSTER, ROLE_ANNOTATION } from "../core/cluster";
import { dumpOf } from "../core/dumps";
import { jobPods } from "../core/pods";
import { known, type Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

export default stackRule({
  id: "barman-s3-archive-keys",
  title: "No Job or CronJob has the S3 keys, or the role, that a cluster archives with.",
  severity: "medium",
  tags: ["identity", "security", "backup"],
  why: "What archives may delete: Barman's retention needs that. A job that exports dumps has to create objects in a folder of its own and no more. With the keys of the backups, or as their role, whoever gets into its pod deletes the backups too.",
  remedy:
    "Give it a Secret or a role of its own, which may only put objects below its own folder (s3:PutObject, s3:AbortMultipartUpload), or only read what it imports.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-policy-actions.html",
  types: Object.keys(jobPods),
  compares: true,
  judge({ stack, report, part, compare }) {
    const archives = archivesOf(stack, part);
    if (archives.length === 0) return;
    for (const [type, path] of Object.entries(jobPods))
      for (const job of stack.ofType(type))
        part(() => {
          const pod = job.view.at(...path);
          const used = secretsOf(pod);
          const dump = known(() => dumpOf(job, stack));
          let own = false;
          const tell = (cluster: Resource, at: View, message: string) => {
            own ||= cluster === dump?.cluster;
            report(job, at, message);
          };
          part(() => {
            for (const { cluster, access } of archives) {
              if (cluster.namespace !== job.namespace) continue;
              // Id and key are two values of one thing.
              const found = used.find(({ secret, keys }) =>
                access.some(({ name, key }) => name === secret && (keys === undefined || keys.includes(key))),
              );
              if (found !== undefined)
                tell(
                  cluster,
                  found.at,
                  `is Secret "${found.secret}", with whose keys ${cluster.called} archives. Name one of its own.`,
                );
            }
            const account = pod.at("serviceAccountName");
            const name = account.text();
            if (name === undefined) return;
            for (const { cluster, role, ofPod } of archives) {
              const asCluster = ofPod && cluster.namespace === job.namespace && name === accountOf(cluster);
              const asRole = role !== undefined && roleOf(job, name, stack) === role;
              if (asCluster || asRole)
                tell(
                  cluster,
                  account,
                  `${job.namespace}/${name} has ${role === undefined ? "the role" : `"${role}"`}, as which ${cluster.called} archives.`,
                );
            }
          });
          const archive = archives.find(({ cluster }) => cluster === dump?.cluster);
          if (dump !== undefined && archive !== undefined && (own || dump.folder.startsWith("s3://")))
            compare(dump.cluster, {
              what: `${dump.kind} can't reach the backups`,
              cloud: own ? "the same keys" : "others: the store's policy decides",
              cluster: archive.path,
              verdict: own ? "disagrees" : "unknown",
            });
        });
  },
});

/** How a cluster gets into the S3-compatible store that it archives to. */
interface Access {
  readonly cluster: Resource;
  readonly path: string;
  /** The keys of Secrets that it reads. */
  readonly access: readonly { readonly name: string; readonly key: string }[];
  /** Whether its pods' own role opens the store, and that role if it is written down. */
  readonly ofPod: boolean;
  readonly role: string | undefined;
}

function archivesOf(stack: Stack, part: (judge: () => void) => void): Access[] {
  const found: Access[] = [];
  for (const cluster of stack.ofType(CLUSTER))
    part(() => {
      const store = archiveOf(cluster, stack)?.store;
      const s3 = store?.at("s3Credentials");
      if (s3 === undefined || !s3.exists) return;
      const ofPod = s3.flag("inheritFromIAMRole") === true;
      const access = ["accessKeyId", "secretAccessKey"].flatMap((key) => {
        const [name, of] = [s3.text(key, "name"), s3.text(key, "key")];
        return name === undefined || of === undefined ? [] : [{ name, key: of }];
      });
      const annotations = ["serviceAccountTemplate", "metadata", "annotations"];
      const role = ofPod ? cluster.view.text("spec", ...annotations, ROLE_ANNOTATION) : undefined;
      const path = known(() => store?.text("destinationPath")) ?? "";
      found.push({ cluster, path, access, ofPod, role });
    });
  return found;
}

const accountOf = ({ view, name }: Resource): string | undefined =>
  view.text("spec", "serviceAccountName") ?? name;

function roleOf({ namespace }: Resource, name: string, stack: Stack): string | undefined {
  if (namespace === undefined) return undefined;
  const account = stack.find("ServiceAccount", namespace, name);
  return account?.view.text("metadata", "annotations", ROLE_ANNOTATION);
}

interface UsedSecret {
  readonly at: View;
  readonly secret: string;
  /** Undefined for all that it has. */
  readonly keys: readonly string[] | undefined;
}

/** The Secrets that a pod reads: as variables, one or all of it, and as files. */
function secretsOf(pod: View): UsedSecret[] {
  const found: UsedSecret[] = [];
  const note = (at: View, secret: string | undefined, keys: readonly string[] | undefined) => {
    if (secret !== undefined) found.push({ at, secret, keys });
  };
  for (const kind of ["initContainers", "containers"])
    for (const container of pod.list(kind)) {
      for (const variable of container.list("env")) {
        const ref = variable.at("valueFrom", "secretKeyRef");
        if (ref.exists) note(ref.at("name"), ref.text("name"), [ref.text("key") ?? ""]);
      }
      for (const from of container.list("envFrom"))
        note(from.at("secretRef", "name"), from.text("secretRef", "name"), undefined);
    }
  for (const volume of pod.list("volumes")) {
    const secret = volume.at("secret");
    if (!secret.exists) continue;
    const items = secret.list("items").map((item) => item.text("key") ?? "");
    note(secret.at("secretName"), secret.text("secretName"), items.length === 0 ? undefined : items);
  }
  return found;
}
