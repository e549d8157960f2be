import assert from "node:assert/strict";
import { connect } from "node:net";
import type { NetworkPlan } from "../../../components/plan/network";
import { judgeOf, type KubernetesObject, parseWaitFor } from "../../../lab/cluster";
import { enforce, isEnforced, stopEnforcing } from "../../../lab/enforcement";
import { missingForEnforcement } from "../../../lab/needs";
import { labImage } from "../../../lab/settings";
import { Store } from "../../../lab/stack/store";
import type { Used } from "../use";
import { userOf } from "./asRole";
import { addressesOf, enforcedEnvironment } from "./enforced";
import { planOf } from "./exportJobs";
import { LabStack } from "./labStack";
import { removeNamespace } from "./removeNamespace";
import { S3Bucket } from "./s3Bucket";

type Settings = { [key: string]: unknown };

/** Namespaces of those who connect to the database, or try to. */
export const others = {
  /** An application that goes through the pooler. */
  shop: "n-shop",
  /** One that goes to Postgres itself. */
  reports: "n-reports",
  scraper: "n-scraper",
  /** Nobody that the stack knows. */
  stranger: "n-stranger",
} as const;
export type Other = keyof typeof others;

/** What a lab lacks for suites with NetworkPolicies in force: empty if nothing. */
export function lacksForEnforcement({ lab }: Used): string[] {
  return lab.tier === "node" ? missingForEnforcement() : ["a lab of the tier node"];
}

/** A stack of two instances, a pooler, an archive on the S3 server, dumps and two applications, with its policies in force. */
export class Networked {
  readonly stack: LabStack;
  readonly bucket: S3Bucket;
  private settings: Settings = {};
  private wasEnforced = false;

  private constructor(
    readonly used: Used,
    readonly namespace: string,
  ) {
    const store = new Store(used.cluster, used.stores);
    this.stack = new LabStack(used.cluster, store, namespace);
    this.bucket = new S3Bucket(used, namespace);
  }

  /** Puts policies in force, and makes a pod in each namespace of the others; the stack is only written. */
  static async prepare(used: Used, namespace: string): Promise<Networked> {
    const made = new Networked(used, namespace);
    made.wasEnforced = isEnforced();
    await enforce();
    await made.clear();
    for (const other of Object.values(others)) {
      const name = { name: other };
      await used.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: name });
      await made.pod(other);
    }
    await made.bucket.create();
    made.write();
    return made;
  }

  /** The node's address, which the API server is on. */
  get node(): string {
    return addressesOf(this.used.lab).node;
  }

  /** What a person would write, with these settings of the cluster over it. */
  write(own: Settings = {}, rotation = 1): void {
    const room = { cpu: "50m", memory: "128Mi" };
    this.settings = this.stack.write(
      {
        instances: 2,
        placement: { antiAffinity: "off" },
        resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
        databases: {
          orders: {
            owner: "orders",
            syncOwnerPassword: "first",
            applications: [{ namespace: others.shop, pooler: "rw", sslmode: "verify-full" }],
          },
        },
        roles: {
          reporting: {
            rotationMode: "twoUsers",
            credentials: { random: { rotation } },
            applications: [{ namespace: others.reports }],
          },
        },
        poolers: { rw: { poolMode: "transaction", resources: room } },
        exports: { once: { run: "first", storage: "100Mi" } },
        ...own,
      },
      this.backups,
      this.namespace,
      this.environment(true),
    );
  }

  /** Settings of its backups. */
  get backups(): Settings {
    return { forceDestroy: undefined, s3: this.s3("archive"), sidecar: { cpu: "50m" } };
  }

  /** The lab's S3 server, as a person would write it: the run puts the lab's own key in the place of that Secret. */
  private s3(secret: string): Settings {
    return { endpoint: this.used.stores.s3.endpoint, credentials: { secret } };
  }

  /** Settings of its environment; one stack of a Kubernetes cluster has the operator's policies. */
  environment(operator: boolean): Settings {
    const monitoring = { namespace: others.scraper };
    return {
      ...(operator && { "pulumi-cnpg:exports": { s3: this.s3("dumps") } }),
      "pulumi-cnpg:network": enforcedEnvironment({ monitoring, ...(operator && { operator }) }),
    };
  }

  /** Settings of a cluster that begins from its archive. */
  recovery(): Settings {
    const { location } = this.database.backup ?? assert.fail("no backups");
    const { bucket, prefix: objectPrefix, serverName } = location;
    return {
      resources: { cpu: "100m", memory: "512Mi", cpuLimit: "2" },
      recoverFrom: { bucket, objectPrefix, serverName, postgresMajor: 17, s3: this.s3("source") },
    };
  }

  /** Runs the program on it. */
  async up(): Promise<string> {
    const { code, output } = await this.stack.start("--no-policies");
    assert.equal(code, 0, output);
    return output;
  }

  /** What all that means. */
  get plan() {
    return planOf(this.settings);
  }

  /** The policies that it has, as they were decided. */
  get network(): NetworkPlan {
    return this.plan.network;
  }

  /** The plan of its only cluster. */
  get database() {
    return this.plan.clusters[0]?.plan ?? assert.fail("no cluster");
  }

  /** Makes a pod with a shell in a namespace, and waits until it runs. */
  async pod(namespace: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const container = {
      name: "shell",
      image: labImage,
      command: ["sleep", "infinity"],
      resources: { requests: { cpu: "10m", memory: "32Mi" } },
    };
    const ref = { apiVersion: "v1", kind: "Pod", name: "n-shell", namespace };
    const pod: KubernetesObject = {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace, labels },
      spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 0, containers: [container] },
    };
    await this.used.cluster.apply(pod);
    await this.used.cluster.waitFor(ref, judgeOf(parseWaitFor("condition=Ready")), { timeout: 120 });
  }

  /** Runs a shell command in the pod of a namespace. */
  shell(namespace: string, command: string, input = ""): Promise<string> {
    const args = ["exec", "-i", "n-shell", "-n", namespace, "--", "bash", "-c", command];
    return this.used.cluster.kubectl(args, { input });
  }

  /** Whether a pod of a namespace gets a connection to a port. */
  async reaches(from: string, address: string, port: number): Promise<boolean> {
    const command = `timeout 5 bash -c ': </dev/tcp/${address}/${port}' 2>/dev/null && echo open || echo closed`;
    return (await this.shell(from, command)).trim() === "open";
  }

  /** Whether something answers a request for metrics, asked from a pod of a namespace. */
  async scrapes(from: string, address: string, port: number): Promise<boolean> {
    const ask = `exec 3<>/dev/tcp/${address}/${port} && printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && head -c 12 <&3`;
    const answer = await this.shell(from, `timeout 8 bash -c '${ask}' 2>/dev/null || true`);
    return /^HTTP\/1\.\d /.test(answer);
  }

  /** Runs SQL from a pod of a namespace as the user of a Secret beside the cluster; one new connection each time. */
  async query(from: Other, host: string, secret: string, sql: string): Promise<string> {
    const { name, password } = await userOf(this.used.cluster, this.namespace, secret);
    const settings = `host=${host}.${this.namespace} user=${name} dbname=orders sslmode=require connect_timeout=8`;
    const command = `read -r PGPASSWORD; export PGPASSWORD; timeout 12 psql "${settings}" -XqAtc "${sql}"`;
    return (await this.shell(others[from], command, `${password}\n`)).trim();
  }

  /** SQL as `postgres`, past the network. */
  sql(statement: string, database?: string): Promise<string> {
    return this.used.cluster.sql(this.namespace, "db", statement, database);
  }

  /** Pods with these labels, the oldest first, with their addresses. */
  async pods(labelSelector: string, namespace = this.namespace) {
    const found = await this.used.cluster.list("v1", "Pod", { namespace, labelSelector });
    const alive = found.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return alive.map(({ metadata, status }) => ({
      name: metadata.name,
      uid: metadata.uid,
      address: (status as { readonly podIP?: string }).podIP ?? "",
      labels: metadata.labels as Readonly<Record<string, string>>,
    }));
  }

  /** Where things stand, for a person who looks at a failed test. */
  async explain(): Promise<string> {
    const get = ["get", "clusters.postgresql.cnpg.io,pods,jobs", "-n", this.namespace, "--no-headers"];
    return this.used.cluster.kubectl(get).catch((error: Error) => error.message);
  }

  /** Takes all of it away, and the policies out of force if they were not before. */
  async remove(): Promise<void> {
    if (!this.wasEnforced) await stopEnforcing();
    await this.clear();
    this.stack.offline.remove();
  }

  private async clear(): Promise<void> {
    const { cluster } = this.used;
    for (const name of ["cnpg-operator", "barman-cloud-plugin"])
      await cluster.remove({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        name,
        namespace: "cnpg-system",
      });
    for (const namespace of [this.namespace, ...Object.values(others)])
      await removeNamespace(cluster, namespace);
    await this.bucket.remove();
  }
}

/** Whether this machine gets a connection. */
export function opens(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 5000 });
    const end = (open: boolean) => () => {
      socket.destroy();
      done(open);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
