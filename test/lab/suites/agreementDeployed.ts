import { setTimeout as pause } from "node:timers/promises";
import type { ClusterSummary } from "../../../components/index";
import { type Cluster, judgeOf, type KubernetesObject, type Ref, refOf } from "../../../lab/cluster";
import type { ObjectStores } from "../../../lab/description";
import type { Fields, Recorded } from "../../helpers/mocks";
import { bucketOf, clusterName, configOfSubject, type Subject } from "./agreementStacks";
import { awaitedOfCluster } from "./awaited";
import { Bucket } from "./bucket";
import { type Rendered, rendered } from "./manifests";
import { removeNamespace } from "./removeNamespace";

/** What of a pod is looked at. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
}

const cnpg = "postgresql.cnpg.io/v1";

/** Name of a service account that a tutorial would make: annotated, bound and used by nobody. */
export const decoy = "postgres-backups";

/** A subject, deployed by a real operator. */
export class Deployed {
  /** Templates of the Jobs that were there at any time, by the Job's name; the operator removes them. */
  readonly jobs = new Map<string, PodSpec>();
  private readonly accounts = new Map<string, string>();
  private ended = false;

  constructor(
    private readonly cluster: Cluster,
    readonly subject: Subject,
    readonly stack: Rendered,
    readonly bucket: Bucket,
  ) {}

  static async of(subject: Subject, cluster: Cluster, stores: ObjectStores): Promise<Deployed> {
    const stack = await rendered(subject.namespace, configOfSubject(subject, stores));
    return new Deployed(cluster, subject, stack, new Bucket(cluster, bucketOf(subject)));
  }

  get namespace(): string {
    return this.subject.namespace;
  }

  /** What the stack promises. */
  get promised(): ClusterSummary {
    return this.stack.clusters[clusterName] as ClusterSummary;
  }

  /** Applies all objects in their order, the decoy among them, and waits for the Cluster as Pulumi does. */
  async up(): Promise<void> {
    await this.bucket.create();
    const watch = this.watchJobs();
    try {
      for (const object of this.stack.objects) {
        await this.cluster.apply(object);
        if (object.kind === "Namespace") await this.applyDecoy();
        if (object.kind !== "Cluster") continue;
        await this.cluster.waitFor(refOf(object), judgeOf(awaitedOfCluster(object)), { timeout: 600 });
      }
    } finally {
      this.ended = true;
      await watch;
    }
  }

  /** Removes the namespace and the bucket. */
  async down(): Promise<void> {
    // Postgres is killed: in order, it would archive its last WAL first, which it may no longer be let to.
    await removeNamespace(this.cluster, this.namespace);
    await this.bucket.remove();
  }

  /** What was declared of a type, on either side. */
  declared(type: string): Fields[] {
    return this.stack.declared.filter((each: Recorded) => each.type === type).map(({ inputs }) => inputs);
  }

  /** An object in the namespace that has to be there. */
  async get(apiVersion: string, kind: string, name: string): Promise<KubernetesObject> {
    const ref: Ref = { apiVersion, kind, name, namespace: this.namespace };
    const object = await this.cluster.get(ref);
    if (object === undefined) throw new Error(`there is no ${kind} ${this.namespace}/${name}`);
    return object;
  }

  /** Objects of the namespace. */
  list(apiVersion: string, kind: string, labelSelector?: string): Promise<KubernetesObject[]> {
    return this.cluster.list(apiVersion, kind, {
      namespace: this.namespace,
      ...(labelSelector !== undefined && { labelSelector }),
    });
  }

  /** Waits for a Database to be applied, and returns it. */
  async applied(name: string): Promise<KubernetesObject | undefined> {
    const ref = { apiVersion: cnpg, kind: "Database", name, namespace: this.namespace };
    const applied = [{ kind: "field", path: ["status", "applied"], value: "true" }] as const;
    return this.cluster.waitFor(ref, judgeOf(applied), { timeout: 60 });
  }

  /** Waits for the end of the base backup that the schedule began with, and returns its Backup. */
  async firstBackup(): Promise<KubernetesObject> {
    let [backup] = await this.list(cnpg, "Backup");
    for (let i = 0; backup === undefined && i < 60; i++) {
      await pause(500);
      [backup] = await this.list(cnpg, "Backup");
    }
    if (backup === undefined) throw new Error(`no Backup in ${this.namespace} after 30 s`);
    // The checkpoint that it begins with takes its time, unless somebody else asks for one.
    const hurry = setInterval(() => void this.sql("checkpoint", "postgres").catch(() => {}), 5000);
    try {
      const ended = await this.cluster.waitFor(
        { ...refOf(backup), namespace: this.namespace },
        (object) => {
          const { phase = "none", error = "" } = (object?.status ?? {}) as { phase?: string; error?: string };
          if (phase === "failed") throw new Error(`the base backup failed: ${error}`);
          return phase === "completed" ? [] : [`phase completed (is ${phase})`];
        },
        { timeout: 240 },
      );
      return ended as KubernetesObject;
    } finally {
      clearInterval(hurry);
    }
  }

  /** The pods of the instances. */
  instances(): Promise<KubernetesObject[]> {
    return this.list("v1", "Pod", `cnpg.io/cluster=${clusterName},cnpg.io/podRole=instance`);
  }

  /** Fields of a Secret, decoded. */
  async secret(name: string): Promise<Record<string, string>> {
    const { data = {} } = (await this.get("v1", "Secret", name)) as { data?: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  }

  /** Runs SQL as the superuser. */
  sql(statement: string, database: string): Promise<string> {
    return this.cluster.sql(this.namespace, clusterName, statement, database);
  }

  /** Runs a command in a container of the first instance. */
  async exec(container: string, command: readonly string[], input = ""): Promise<string> {
    const where = ["exec", "-i", "-n", this.namespace, `${clusterName}-1`, "-c", container, "--"];
    return (await this.cluster.kubectl([...where, ...command], { input })).trimEnd();
  }

  /** `<namespace>/<name>` of the account that a container's token is for: what Google gets to see. */
  async whoIs(container: "postgres" | "plugin-barman-cloud"): Promise<string> {
    const known = this.accounts.get(container);
    if (known !== undefined) return known;
    const path = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    // There is no shell and no cat beside Barman, but Python.
    const command =
      container === "postgres"
        ? ["cat", path]
        : ["python3", "-c", `print(open(${JSON.stringify(path)}).read())`];
    const [, payload = ""] = (await this.exec(container, command)).split(".");
    const { sub } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string };
    const account = sub.replace(/^system:serviceaccount:([^:]+):([^:]+)$/, "$1/$2");
    this.accounts.set(container, account);
    return account;
  }

  /** Logs in with the password of an owner's Secret, from a pod, and asks something. */
  async login(where: Readonly<Record<string, string>>, statement: string): Promise<string> {
    const { password = "" } = await this.secret(this.promised.secretNames[where.PGUSER ?? ""] ?? "");
    const settings = Object.entries({ ...where, PGPORT: "5432", PGPASSWORD: password });
    const environment = settings.map(([name, value]) => `${name}=${value}`);
    const psql = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"];
    return this.exec("postgres", ["env", ...environment, ...psql], statement);
  }

  private applyDecoy(): Promise<unknown> {
    const annotations = { "iam.gke.io/gcp-service-account": "decoy@acme-lab.iam.gserviceaccount.com" };
    return this.cluster.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: decoy, namespace: this.namespace, annotations },
    });
  }

  private async watchJobs(): Promise<void> {
    while (!this.ended) {
      for (const { metadata, spec } of await this.list("batch/v1", "Job"))
        this.jobs.set(metadata.name, (spec as { template: { spec: PodSpec } }).template.spec);
      await pause(300);
    }
  }
}
