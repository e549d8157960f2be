import { decideEnvironment } from "../../../components/environment/decide";
import { PostgresEnvironment } from "../../../components/index";
import type { EnvironmentPlan } from "../../../components/plan/environment";
import { Problems } from "../../../components/problems";
import {
  type Cluster,
  type Judge,
  judgeOf,
  type KubernetesObject,
  missingOf,
  parseWaitFor,
  type Ref,
  type WaitOptions,
} from "../../../lab/cluster";
import { labImage } from "../../../lab/settings";
import { loadStack } from "../../../stacks/load";
import { record } from "../../helpers/mocks";
import { awaitedOfCluster } from "./awaited";
import { enforcedCluster, enforcedEnvironment, isEnforcing } from "./enforced";
import { eventually } from "./eventually";
import { objectsOf } from "./manifests";
import { removeNamespace } from "./removeNamespace";

export { eventually };

const cnpg = "postgresql.cnpg.io/v1";

/** Settings of a stack with one cluster, as its file has them under `pulumi-cnpg:`. */
export interface OneClusterStack {
  readonly backups: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly monitoring?: Readonly<Record<string, unknown>>;
  readonly clusters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Keys to stores, by the names of their settings. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** What a lab's small node has for one Postgres. Limits are generous: a throttled initdb takes a minute. */
export const small = {
  image: labImage,
  storage: { size: "1Gi" },
  resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
} as const;

/** A stack's settings, read and decided, and every object that our components render from them. */
export interface Rendered {
  readonly plan: EnvironmentPlan;
  readonly objects: readonly KubernetesObject[];
}

/** Reads a stack's settings as the program does, and has the components declare all of it, to mocks. */
export async function render(
  stack: string,
  { backups, exports, monitoring, clusters, keys = {} }: OneClusterStack,
): Promise<Rendered> {
  const args = loadStack(stack, {
    "gcp:project": "acme-lab",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": "dev",
    "pulumi-cnpg:backups": JSON.stringify(backups),
    ...(exports !== undefined && { "pulumi-cnpg:exports": JSON.stringify(exports) }),
    ...(monitoring !== undefined && { "pulumi-cnpg:monitoring": JSON.stringify(monitoring) }),
    ...(isEnforcing && { "pulumi-cnpg:network": JSON.stringify(enforcedEnvironment()) }),
    "pulumi-cnpg:clusters": JSON.stringify(
      isEnforcing
        ? Object.fromEntries(Object.entries(clusters).map(([key, own]) => [key, enforcedCluster(own)]))
        : clusters,
    ),
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [`pulumi-cnpg:${key}`, value])),
  });
  const plan = decideEnvironment(new Problems(), stack, args);
  const { resources } = await record(() => new PostgresEnvironment(stack, args));
  return { plan, objects: objectsOf(resources) };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What the operator says of a Cluster. */
export interface ClusterStatus {
  readonly phase?: string;
  readonly currentPrimary?: string;
  readonly conditions?: readonly Condition[];
}

/** One Postgres of one stack, in a lab. */
export class Postgres {
  private constructor(
    private readonly lab: Cluster,
    readonly stack: string,
    /** The settings that it has now. */
    public settings: OneClusterStack,
    public rendered: Rendered,
  ) {}

  static async of(lab: Cluster, stack: string, settings: OneClusterStack): Promise<Postgres> {
    return new Postgres(lab, stack, settings, await render(stack, settings));
  }

  /** The plan of its cluster. */
  get plan() {
    const [only] = this.rendered.plan.clusters;
    if (only === undefined) throw new Error(`stack ${this.stack} has no cluster`);
    return only.plan;
  }

  /** Where its backups go. */
  get location() {
    const { backup } = this.plan;
    if (backup === undefined) throw new Error(`stack ${this.stack} has no backups`);
    return backup.location;
  }

  get namespace(): string {
    return this.plan.workload.namespace;
  }

  get name(): string {
    return this.plan.workload.cluster;
  }

  /** `<prefix>/<server name>/`: where all its objects are. */
  get folder(): string {
    return `${this.location.objectPrefix}${this.location.serverName}/`;
  }

  get ref(): Ref {
    return this.refTo("Cluster", this.name);
  }

  refTo(kind: string, name: string): Ref {
    const apiVersion = { ObjectStore: "barmancloud.cnpg.io/v1", Pod: "v1" }[kind] ?? cnpg;
    return { apiVersion, kind, name, namespace: this.namespace };
  }

  /** The one object of a kind, as the components render it. */
  object(kind: string): KubernetesObject {
    const [found, ...more] = this.rendered.objects.filter((each) => each.kind === kind);
    if (found === undefined || more.length > 0)
      throw new Error(`stack ${this.stack}: ${more.length} more or no ${kind}`);
    return found;
  }

  /** Applies the Cluster and all that comes before it, in Pulumi's order. */
  async create(): Promise<void> {
    for (const kind of ["Namespace", "NetworkPolicy", "Secret", "ObjectStore", "ConfigMap", "Cluster"])
      await this.applyKind(kind);
  }

  /** Waits until it is Ready, and archives. */
  async ready(options: WaitOptions = {}): Promise<void> {
    await this.until(this.ref, judgeOf(awaitedOfCluster(this.object("Cluster"))), options);
  }

  /** What of that is still missing. */
  async missing(): Promise<readonly string[]> {
    return missingOf(await this.lab.get(this.ref), awaitedOfCluster(this.object("Cluster")));
  }

  /** Applies what Pulumi creates when the Cluster is done. */
  async complete(): Promise<void> {
    for (const kind of ["ScheduledBackup", "Database", "Publication", "Subscription"])
      await this.applyKind(kind);
  }

  /** Renders the stack with other settings of its cluster, and applies the objects of these kinds. */
  async change(settings: Readonly<Record<string, unknown>>, kinds: readonly string[]): Promise<void> {
    const [key, cluster] = Object.entries(this.settings.clusters)[0] ?? ["", {}];
    this.settings = { ...this.settings, clusters: { [key]: { ...cluster, ...settings } } };
    this.rendered = await render(this.stack, this.settings);
    for (const kind of ["NetworkPolicy", ...kinds]) await this.applyKind(kind);
  }

  async status(): Promise<ClusterStatus> {
    return ((await this.lab.get(this.ref))?.status ?? {}) as ClusterStatus;
  }

  /** Waits for conditions, such as `condition=Ready`; see `pulumi.com/waitFor`. */
  async has(...conditions: readonly string[]): Promise<void> {
    await this.until(this.ref, judgeOf(parseWaitFor(JSON.stringify(conditions))));
  }

  /** Waits for an object of its namespace, ten minutes at most. */
  until(ref: Ref, judge: Judge, options: WaitOptions = {}): Promise<KubernetesObject | undefined> {
    return this.lab.waitFor(ref, judge, options);
  }

  /** See `Cluster.sql`. */
  sql(statement: string, database?: string): Promise<string> {
    return this.lab.sql(this.namespace, this.name, statement, database);
  }

  /** Its pods by name; those of jobs not. */
  async pods(): Promise<KubernetesObject[]> {
    const pods = await this.lab.list("v1", "Pod", {
      namespace: this.namespace,
      labelSelector: `cnpg.io/cluster=${this.name},cnpg.io/podRole=instance`,
    });
    return pods.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** Has the pod of its one instance made anew, and waits until it is ready. */
  async restart(): Promise<void> {
    const [pod] = await this.pods();
    const { name = "", uid } = pod?.metadata ?? {};
    const ref = this.refTo("Pod", name);
    await this.lab.remove(ref);
    await this.until(ref, (object) =>
      object === undefined || object.metadata.uid === uid ? [`a new pod ${name}`] : [],
    );
    await this.until(ref, judgeOf(parseWaitFor("condition=Ready")));
    await this.has("condition=Ready");
  }

  /** Writes what is in memory to a WAL file of its own, and returns that file's name. */
  async switchWal(): Promise<string> {
    return this.sql(
      "SELECT pg_logical_emit_message(true, 'lab', 'x'); SELECT pg_walfile_name(pg_switch_wal())",
    ).then((lines) => lines.split("\n").at(-1) ?? "");
  }

  /** Where it stands, for a person who looks at a failed test. */
  async explain(): Promise<string> {
    const { namespace, name } = this;
    const quietly = (args: string[]) =>
      this.lab.kubectl(args).catch((error: unknown) => `  ${(error as Error).message}\n`);
    const { phase, currentPrimary, conditions = [] } = await this.status().catch(() => ({}) as ClusterStatus);
    const lines = [
      `--- Cluster ${namespace}/${name}: ${phase ?? "no phase"}; primary ${currentPrimary ?? "none"}`,
      ...conditions.map((c) => `  ${c.type}=${c.status} ${c.reason}: ${c.message}`),
      await quietly(["get", "pods,backups,scheduledbackups", "-n", namespace, "-o", "wide"]),
      "events:",
      await quietly(["get", "events", "-n", namespace, "--sort-by=.lastTimestamp"]).then(last(15)),
    ];
    const pods = await this.pods().catch(() => []);
    for (const { metadata } of pods)
      for (const container of ["postgres", "plugin-barman-cloud"]) {
        const args = ["logs", metadata.name, "-n", namespace, "-c", container, "--tail=15"];
        lines.push(`log of ${metadata.name}, ${container}:`, readable(await quietly(args)));
      }
    return lines.join("\n");
  }

  private async applyKind(kind: string): Promise<void> {
    for (const object of this.rendered.objects.filter((each) => each.kind === kind))
      await this.lab.apply(object);
  }
}

/** Lines of a log without stack traces, which are most of it. */
const readable = (log: string) =>
  log
    .split("\n")
    .map((line) => line.replace(/,"stacktrace":"(?:[^"\\]|\\.)*"/, "").slice(0, 600))
    .join("\n");

const last = (count: number) => (text: string) => text.trimEnd().split("\n").slice(-count).join("\n");

/** Does something, and if it fails, tells first where each Postgres stands. */
export async function explained<T>(all: readonly Postgres[], action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    for (const each of all) console.error(await each.explain());
    throw error;
  }
}

/** Removes them with their namespaces. */
export async function removeAll(lab: Cluster, all: readonly Postgres[]): Promise<void> {
  await Promise.all(all.map(({ namespace }) => removeNamespace(lab, namespace)));
}
