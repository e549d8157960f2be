import assert from "node:assert/strict";
import { databaseEnv } from "../../../components/index";
import { applicationSummaries } from "../../../components/roles/summary";
import { type Cluster, judgeOf, type KubernetesObject, parseWaitFor, type Ref } from "../../../lab/cluster";
import { Application, type Connection } from "./application";
import { bothReady } from "./operations";
import { eventually, explained, Postgres, removeAll, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";

const batch = "batch/v1";

/** A Postgres of two instances with poolers in front, and an application in another namespace that goes through them. */
export class Pooled {
  /** Server connections of one PgBouncer for one role and database. */
  static readonly pool = 3;

  private constructor(
    readonly cluster: Cluster,
    readonly postgres: Postgres,
    /** Namespace of the application. */
    readonly shop: string,
  ) {}

  private app: Application | undefined;

  static async of(cluster: Cluster): Promise<Pooled> {
    const [namespace, shop] = ["d-pool", "d-pool-shop"];
    const resources = { cpu: "50m", memory: "128Mi" };
    const parameters = { default_pool_size: Pooled.pool, max_client_conn: 200 };
    const postgres = await Postgres.of(cluster, namespace, {
      backups: {},
      clusters: {
        "d-orders": {
          ...small,
          namespace,
          instances: 2,
          placement: { antiAffinity: "off" },
          backup: { enabled: false },
          databases: {
            orders: { applications: [{ namespace: shop, pooler: "rw", sslmode: "verify-full" }] },
          },
          poolers: {
            rw: { poolMode: "transaction", parameters, resources },
            ro: { type: "ro", parameters, resources },
          },
        },
      },
    });
    return new Pooled(cluster, postgres, shop);
  }

  get namespace(): string {
    return this.postgres.namespace;
  }

  get application(): Application {
    assert(this.app !== undefined, "there is no application yet");
    return this.app;
  }

  /** Name of the Secret with the owner's login. */
  get login(): string {
    return this.postgres.plan.databases.owners[0]?.secretName ?? "";
  }

  /** Connects past the poolers. */
  get direct(): Connection {
    return { host: this.postgres.plan.workload.host("rw") };
  }

  through(key: string): Connection {
    const found = this.postgres.plan.poolers.find((pooler) => pooler.key === key);
    assert(found !== undefined, key);
    return { host: found.host };
  }

  /** Makes all of it, and waits until the application gets through. */
  async create(): Promise<void> {
    const { cluster, postgres, shop } = this;
    await this.remove();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: shop } });
    await explained([postgres], async () => {
      await postgres.create();
      await this.apply("Pooler", "ServiceAccount", "ConfigMap", "Role", "RoleBinding", "Job", "CronJob");
      await postgres.ready();
      await this.copied();
      await bothReady(postgres);
      const password = await this.secret(this.login, "password");
      const [told] = applicationSummaries(postgres.plan.roles);
      this.app = await Application.start(cluster, shop, databaseEnv(told?.secret ?? "", told?.ca), {
        user: "orders",
        password,
        database: "orders",
      });
      await this.application.remember(password);
      for (const key of ["rw", "ro"]) await this.answers(this.through(key));
    });
  }

  async remove(): Promise<void> {
    await removeAll(this.cluster, [this.postgres]);
    await removeNamespace(this.cluster, this.shop);
  }

  /** Waits until a connection can be made. */
  answers(connection: Connection): Promise<void> {
    return eventually(`an answer of ${connection.host}`, 300, async () => {
      await this.application.sql(connection, "SELECT 1");
      return undefined;
    });
  }

  /** Applies the objects of these kinds. */
  async apply(...kinds: string[]): Promise<void> {
    for (const kind of kinds) for (const object of this.objects(kind)) await this.cluster.apply(object);
  }

  objects(kind: string): KubernetesObject[] {
    return this.postgres.rendered.objects.filter((each) => each.kind === kind);
  }

  /** One value of a Secret beside the Cluster, as text; empty if it is not there. */
  async secret(name: string, key: string): Promise<string> {
    const found = await this.cluster.get(this.ref("v1", "Secret", name));
    const { data } = (found ?? {}) as { data?: Record<string, string> };
    return Buffer.from(data?.[key] ?? "", "base64").toString();
  }

  /** What the application's ConfigMap has. */
  async configMap(): Promise<Record<string, string> | undefined> {
    const ref = { ...this.ref("v1", "ConfigMap", "d-orders-ca"), namespace: this.shop };
    return ((await this.cluster.get(ref)) as { data?: Record<string, string> } | undefined)?.data;
  }

  /** Waits for a Job that copies the CA. */
  async copied(job = "d-orders-ca-copy"): Promise<void> {
    const done = judgeOf(parseWaitFor("condition=Complete"));
    await this.cluster.waitFor(this.ref(batch, "Job", job), done, { timeout: 300 });
  }

  /** Has the Job made anew, as Pulumi does: what it is to do can't be changed. */
  async copyAnew(): Promise<void> {
    const job = this.ref(batch, "Job", "d-orders-ca-copy");
    await this.cluster.remove(job, { propagation: "Foreground" });
    await this.cluster.gone(job);
    await this.apply("ConfigMap", "Job", "CronJob");
    await this.copied();
  }

  /** Sum of a metric over the PgBouncers of a pooler, of its lines with these labels. */
  async metric(key: string, name: string, labels: string): Promise<number> {
    const { cluster, namespace } = this;
    const pods = await cluster.list("v1", "Pod", {
      namespace,
      labelSelector: `cnpg.io/poolerName=d-orders-pooler-${key}`,
    });
    assert(pods.length > 0, "no PgBouncer");
    let sum = 0;
    for (const { metadata } of pods) {
      const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}:9127/proxy/metrics`;
      const text = await cluster.kubectl(["get", "--raw", path]);
      const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(labels));
      assert(lines.length > 0, `no ${name} in ${text.slice(0, 2000)}`);
      for (const line of lines) sum += Number(line.split(" ").at(-1));
    }
    return sum;
  }

  /** An object beside the Cluster. */
  ref(apiVersion: string, kind: string, name: string): Ref & { namespace: string } {
    return { apiVersion, kind, name, namespace: this.namespace };
  }
}
