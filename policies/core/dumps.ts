import { accountHolder, workloadHolders } from "./access";
import type { Identity } from "./archives";
import { ACCOUNT_ANNOTATION, CLUSTER } from "./cluster";
import { jobPods } from "./pods";
import type { Resource } from "./resource";
import type { Judging } from "./rule";
import type { Stack } from "./stack";
import type { View } from "./view";

/** A Job or CronJob that carries dumps between a cluster and a folder, as the components of this project make it. */
export interface Dump {
  readonly kind: "export" | "import";
  readonly job: Resource;
  readonly pod: View;
  readonly cluster: Resource;
  /** `gs://<bucket>/<folder>` or `s3://<bucket>/<folder>`. */
  readonly folder: string;
  /** Address of the S3-compatible server; empty for Amazon's, and for Cloud Storage. */
  readonly endpoint: string;
  /** The references to Secrets with which rclone opens the store. */
  readonly keys: readonly KeyOf[];
}

/** A key of a Secret. */
export interface KeyOf {
  /** Where the key's name is written. */
  readonly at: View;
  readonly name: string;
  readonly key: string;
}

/** Reads a Job or CronJob; undefined if it carries no dumps, or if its Cluster is not among the resources. */
export function dumpOf(job: Resource, stack: Stack): Dump | undefined {
  const path = jobPods[job.type];
  if (path === undefined) return undefined;
  const pod = job.view.at(...path);
  const variables = ["initContainers", "containers"].flatMap((key) =>
    pod.list(key).flatMap((container) => container.list("env")),
  );
  const named = (name: string) => variables.find((one) => one.text("name") === name);
  const folder = named("DUMP_FOLDER")?.text("value");
  const host = folder === undefined ? undefined : named("PGHOST")?.text("value");
  if (folder === undefined || host === undefined) return undefined;
  const cluster = stack.find(CLUSTER, job.namespace, host.replace(/-(rw|ro|r)$/, ""));
  if (cluster === undefined) return undefined;
  const ofStore = variables.filter((one) => one.text("name")?.startsWith("RCLONE_CONFIG_STORE_"));
  return {
    // Only what fetches a dump is told which one.
    kind: named("OBJECT") === undefined ? "export" : "import",
    job,
    pod,
    cluster,
    folder,
    endpoint: named("RCLONE_CONFIG_STORE_ENDPOINT")?.text("value") ?? "",
    keys: ofStore.flatMap((one) => keyAt(one.at("valueFrom", "secretKeyRef")) ?? []),
  };
}

/** Every job of the stack that carries dumps. */
export function dumpsOf(stack: Stack, part: Judging["part"]): Dump[] {
  const found: Dump[] = [];
  for (const type of Object.keys(jobPods))
    for (const job of stack.ofType(type))
      part(() => {
        const dump = dumpOf(job, stack);
        if (dump !== undefined) found.push(dump);
      });
  return found;
}

/** The reference to a key of a Secret, if there is one. */
export function keyAt(at: View): KeyOf | undefined {
  const [name, key] = [at.text("name"), at.text("key")];
  return name === undefined || key === undefined ? undefined : { at: at.at("key"), name, key };
}

/** Who the pods of a job are to Google: a cluster's own account, whose template says it, or another. */
export function identityOfPods({ namespace }: Resource, name: string, stack: Stack): Identity | undefined {
  if (namespace === undefined) return undefined;
  const path = ["metadata", "annotations", ACCOUNT_ANNOTATION];
  const cluster = stack.find(CLUSTER, namespace, name);
  const own = stack.find("ServiceAccount", namespace, name);
  const at = cluster?.view.at("spec", "serviceAccountTemplate", ...path) ?? own?.view.at(...path);
  if (at === undefined) return undefined;
  const account = at.text()?.trim().toLowerCase() || undefined;
  const holders = account === undefined ? workloadHolders(namespace, name) : [accountHolder(account)];
  return { namespace, name, at, account, holders };
}
