import assert from "node:assert/strict";
import { forgetConnections } from "../../../lab/enforcement";
import { eventually } from "./eventually";
import { cnpg } from "./labStack";
import { type Networked, opens, others } from "./networked";
import { doAgain } from "./networkedJobs";
import { isReady } from "./operations";

/** Something that a database does, tried until it succeeds; fails if it doesn't within so many seconds. */
export type Attempt = (seconds: number) => Promise<void>;

const instances = "cnpg.io/cluster=db,cnpg.io/podRole=instance";
const pooler = "cnpg.io/poolerName=db-pooler-rw";
const operator = "app.kubernetes.io/name=cloudnative-pg";
const system = "cnpg-system";

/** What a stack's database does over the network, each by its name. */
export class Functions {
  constructor(private readonly on: Networked) {}

  /** WAL reaches the store. */
  readonly archives: Attempt = async (seconds) => {
    const { location } = this.on.database.backup ?? assert.fail("no backups");
    const found = await this.on.sql(
      "SELECT pg_logical_emit_message(true, 'lab', 'x'); SELECT pg_walfile_name(pg_switch_wal())",
    );
    const segment = found.split("\n").at(-1) ?? "";
    const folder = `${location.objectPrefix}${location.serverName}/wals/${segment.slice(0, 16)}/`;
    await eventually(`WAL file ${segment} in the store`, seconds, async () =>
      (await this.on.bucket.names(`${folder}${segment}`)).length > 0 ? undefined : "it is not there",
    );
  };

  /** A base backup on demand. */
  readonly backs: Attempt = async (seconds) => {
    const name = `n-now-${Date.now()}`;
    const ref = { apiVersion: cnpg, kind: "Backup", name, namespace: this.on.namespace };
    await this.cluster.apply({
      apiVersion: cnpg,
      kind: "Backup",
      metadata: { name, namespace: this.on.namespace },
      spec: {
        cluster: { name: "db" },
        method: "plugin",
        pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
      },
    });
    await eventually(`Backup ${name}`, seconds, async () => {
      const { phase, error } = ((await this.cluster.get(ref))?.status ?? {}) as Record<string, string>;
      return phase === "completed" ? undefined : `it is ${phase}: ${error}`;
    }).finally(() => this.cluster.remove(ref));
  };

  /** An application is answered by the pooler, by a connection to Postgres that the pooler has to make first. */
  readonly answersThePooled: Attempt = async (seconds) => {
    await this.on.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('orders', 'cnpg_pooler_pgbouncer')",
    );
    await this.answers("shop", "db-pooler-rw", "db-orders-credentials", seconds);
  };

  /** An application is answered by Postgres itself. */
  readonly answersTheDirect: Attempt = async (seconds) =>
    this.answers("reports", "db-rw", await this.reportingSecret(), seconds);

  readonly scrapedInstances: Attempt = (seconds) => this.scraped(instances, 9187, seconds);
  readonly scrapedPoolers: Attempt = (seconds) => this.scraped(pooler, 9127, seconds);

  /** The replica gets a new connection to the primary, and streams. */
  readonly streams: Attempt = async (seconds) => {
    await this.on.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
    await eventually("a replica that streams", seconds, async () => {
      const state = await this.on.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'");
      return state === "1" ? undefined : `${state} do`;
    });
  };

  /** A name is found from inside an instance. */
  readonly findsNames: Attempt = async (seconds) => {
    const { name } = await this.primary();
    const args = ["exec", name, "-n", this.on.namespace, "-c", "postgres", "--"];
    await eventually("the address of a name", seconds, async () => {
      await this.cluster.kubectl([...args, "timeout", "6", "getent", "hosts", "s3.object-store.svc"]);
      return undefined;
    });
  };

  /** The pod of the replica is made anew, and becomes ready. */
  readonly starts: Attempt = async (seconds) => {
    const replica = await this.replica();
    await this.anew(replica.name, this.on.namespace);
    await this.readyAgain(replica, seconds);
  };

  /** A replica without its volume is made anew from the primary. */
  readonly joins: Attempt = async (seconds) => {
    const { name } = await this.replica();
    const volume = { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace: this.on.namespace };
    const uid = (await this.cluster.get(volume))?.metadata.uid;
    await this.cluster.remove(volume);
    await this.anew(name, this.on.namespace);
    await this.cluster.waitFor(volume, (now) =>
      now?.metadata.uid === uid ? [`the end of volume ${name}`] : [],
    );
    await this.twoReady(seconds);
  };

  /** The primary's pod is lost, and the replica takes over. */
  readonly failsOver: Attempt = async (seconds) => {
    const former = await this.primary();
    await this.anew(former.name, this.on.namespace);
    await eventually("another primary", seconds, async () => {
      const { currentPrimary } = await this.status();
      return currentPrimary !== former.name ? undefined : "it is still the former";
    });
  };

  /** A pooler's pod that begins makes a connection to Postgres for an application. */
  readonly answersByANewPooler: Attempt = async (seconds) => {
    await this.startsPooler(60);
    await this.answersThePooled(seconds);
  };

  /** A pooler's pod that begins becomes ready. */
  readonly startsPooler: Attempt = (seconds) => this.startsAnew(pooler, this.on.namespace, seconds);

  /** The operator changes objects by new connections: a pod that begins would have them before it is known. */
  readonly changesObjects: Attempt = async (seconds) => {
    for (const { address } of await this.on.pods(operator, system))
      await forgetConnections({ from: address });
    await this.seesInstances(seconds);
  };

  /** The operator asks the instances for their state anew, and says that all is well. */
  readonly seesInstances: Attempt = async (seconds) => {
    // It puts this right when it has heard from them, and only then.
    await this.cluster.patch(this.ref, { status: { phase: "asked" } }, "status");
    await this.cluster.patch(this.ref, { metadata: { annotations: { "n-asked": `${Date.now()}` } } });
    await eventually("a Cluster in healthy state", seconds, async () => {
      const { phase } = await this.status();
      return phase === "Cluster in healthy state" ? undefined : `it is: ${phase}`;
    });
  };

  /** Jobs of the project's are done once more. */
  readonly exports: Attempt = (seconds) => doAgain(this.on, "db-export-", seconds);
  readonly logsIn: Attempt = (seconds) => doAgain(this.on, "db-reporting-login-", seconds);
  readonly syncs: Attempt = (seconds) => doAgain(this.on, "db-sync-", seconds);
  readonly copiesCa: Attempt = (seconds) => doAgain(this.on, "db-ca-copy", seconds);

  /** A password that was changed by hand is put right. */
  readonly repairsPassword: Attempt = async (seconds) => {
    await this.on.sql("ALTER ROLE orders PASSWORD 'by hand'");
    await this.syncs(seconds);
  };

  /** A pod with the labels of the one that looks into the archive reaches the store by its name. */
  readonly looks: Attempt = async (seconds) => {
    const { namespace } = this.on;
    const labels = { "app.kubernetes.io/name": "db", "app.kubernetes.io/component": "archive-check" };
    await this.on.pod(namespace, labels);
    const store = new URL(this.on.used.stores.s3.endpoint);
    await eventually("the store", seconds, async () =>
      (await this.on.reaches(namespace, store.hostname, Number(store.port))) ? undefined : "it is closed",
    ).finally(() => this.anew("n-shell", namespace));
  };

  /** The API server's addresses get through to the operator's webhooks, and to an instance's state. */
  readonly opensWebhooks: Attempt = (seconds) => this.opensFromHere(operator, 9443, seconds, system);
  readonly opensState: Attempt = (seconds) => this.opensFromHere(instances, 8000, seconds);
  readonly opensOperatorMetrics: Attempt = (seconds) => this.opensMetrics(operator, seconds);

  /** One of these by its name. */
  named(name: string): Attempt {
    const found = (this as unknown as Readonly<Record<string, Attempt | undefined>>)[name];
    return found ?? assert.fail(`no function ${name}`);
  }

  async status() {
    return ((await this.cluster.get(this.ref))?.status ?? {}) as {
      readonly phase?: string;
      readonly currentPrimary?: string;
      readonly readyInstances?: number;
    };
  }

  primary = async () => {
    const { currentPrimary } = await this.status();
    return (
      (await this.on.pods(instances)).find(({ name }) => name === currentPrimary) ?? assert.fail("no primary")
    );
  };

  replica = async () => {
    const { currentPrimary } = await this.status();
    return (
      (await this.on.pods(instances)).find(({ name }) => name !== currentPrimary) ?? assert.fail("no replica")
    );
  };

  /** Waits until there are two ready instances. */
  twoReady = (seconds: number) =>
    eventually("two ready instances", seconds, async () => {
      const { readyInstances, phase } = await this.status();
      const pods = await this.on.pods(instances);
      const whole = readyInstances === 2 && pods.length === 2 && phase === "Cluster in healthy state";
      return whole ? undefined : `${readyInstances} of ${pods.length}: ${phase}`;
    });

  /** The Secret that the application of the role is led to has the user whose turn it is. */
  async reportingSecret(): Promise<string> {
    const secrets = await this.cluster.list("v1", "Secret", { namespace: this.on.namespace });
    const found = secrets.map(({ metadata }) => metadata.name).filter((name) => /reporting.a/.test(name));
    return found[0] ?? assert.fail(secrets.map(({ metadata }) => metadata.name).join());
  }

  private get ref() {
    return { apiVersion: cnpg, kind: "Cluster", name: "db", namespace: this.on.namespace };
  }

  private get cluster() {
    return this.on.used.cluster;
  }

  private answers(from: "shop" | "reports", host: string, secret: string, seconds: number): Promise<void> {
    return eventually(`an answer of ${host}`, seconds, async () => {
      const answer = await this.on.query(from, host, secret, "SELECT 1");
      return answer === "1" ? undefined : `it is ${answer}`;
    });
  }

  private async scraped(labels: string, port: number, seconds: number, namespace?: string): Promise<void> {
    const pods = await this.on.pods(labels, namespace);
    assert(pods.length > 0, `no pod ${labels}`);
    for (const { name, address } of pods)
      await eventually(`metrics of ${name}`, seconds, async () =>
        (await this.on.scrapes(others.scraper, address, port)) ? undefined : "no answer",
      );
  }

  private async opensFromHere(labels: string, port: number, seconds: number, namespace?: string) {
    for (const { name, address } of await this.on.pods(labels, namespace))
      await eventually(`${name}:${port} from this machine`, seconds, async () =>
        (await opens(address, port)) ? undefined : "it is closed",
      );
  }

  private async opensMetrics(labels: string, seconds: number): Promise<void> {
    for (const { name, address } of await this.on.pods(labels, system))
      await eventually(`metrics of ${name}`, seconds, async () =>
        (await this.on.reaches(others.scraper, address, 8080)) ? undefined : "it is closed",
      );
  }

  private async startsAnew(labels: string, namespace: string, seconds: number): Promise<void> {
    const [pod] = await this.on.pods(labels, namespace);
    assert(pod !== undefined, `no pod ${labels}`);
    await this.anew(pod.name, namespace);
    await eventually(`a ready pod ${labels}`, seconds, async () => {
      const found = await this.cluster.list("v1", "Pod", { namespace, labelSelector: labels });
      const ready = found.some((each) => each.metadata.uid !== pod.uid && isReady(each));
      return ready ? undefined : "it is not ready";
    });
  }

  private async readyAgain({ name, uid }: { name: string; uid?: string | undefined }, seconds: number) {
    const ref = { apiVersion: "v1", kind: "Pod", name, namespace: this.on.namespace };
    await eventually(`pod ${name}`, seconds, async () => {
      const found = await this.cluster.get(ref);
      return found !== undefined && found.metadata.uid !== uid && isReady(found)
        ? undefined
        : "it is not ready";
    });
  }

  private async anew(name: string, namespace: string): Promise<void> {
    const gone = ["--force", "--grace-period=0", "--wait=false"];
    await this.cluster.kubectl(["delete", "pod", name, "-n", namespace, ...gone]);
  }
}
