import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../../../lab/cluster";
import type { Used } from "../use";
import { Bucket } from "./bucket";
import { eventually, explained, Postgres, removeAll, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";

/** Rows that the old server begins with. */
export const rows = 1000;

/** A user that may read everything, as somebody has to make one on an old server. */
const migrator = { name: "migrator", password: randomBytes(12).toString("hex") };

/**
 * A server that is migrated from, and the clusters that come of it. The server is a CNPG cluster, of which nothing is used but
 * its host, a password, certificates, and its archive.
 */
export class Migration {
  /** Buckets of what is migrated from, and to. */
  readonly buckets: readonly [Bucket, Bucket];
  private made: Postgres[] = [];

  private constructor(
    private readonly used: Used,
    /** The server that is migrated from. */
    readonly source: Postgres,
    private readonly namespaces: readonly string[],
  ) {
    const { name } = source;
    this.buckets = [new Bucket(used.cluster, name), new Bucket(used.cluster, `${name}-new`)];
  }

  /** Brings the server up under a name, with rows, a sequence, a schema, an extension, and the user that migrates. */
  static async from(used: Used, name: string, namespaces: readonly string[]): Promise<Migration> {
    const source = await Postgres.of(used.cluster, name, {
      backups: backupsIn(used, name, "old"),
      clusters: {
        [name]: {
          ...small,
          namespace: name,
          databases: { orders: { owner: "shop", schemas: ["sales"], extensions: ["vector"] }, billing: {} },
          initdb: { database: "orders" },
        },
      },
    });
    const migration = new Migration(used, source, [name, ...namespaces]);
    await migration.clear();
    for (const bucket of migration.buckets) await bucket.create();
    await explained([source], () => migration.fill());
    return migration;
  }

  /** All that is up. */
  get all(): readonly Postgres[] {
    return [this.source, ...this.made];
  }

  /** What a stack file says of the server: as the user that migrates, and as the one that replicates, by certificate. */
  get servers() {
    const host = this.source.plan.workload.host("rw");
    const sslRootCert = { secret: "old-ca", key: "ca.crt" };
    return {
      old: {
        host,
        user: migrator.name,
        database: "orders",
        sslRootCert,
        password: { secret: "old-login", key: "password" },
      },
      stream: {
        host,
        user: "streaming_replica",
        sslRootCert,
        sslCert: { secret: "old-client", key: "tls.crt" },
        sslKey: { secret: "old-client", key: "tls.key" },
      },
    };
  }

  /** Where the server's archive lies. */
  get archive() {
    const { bucket, prefix: objectPrefix, serverName } = this.source.location;
    return { bucket, objectPrefix, serverName, postgresMajor: 17 };
  }

  /** A cluster in a namespace of its own, with the Secrets of the old server; brought up as Pulumi would. */
  async begin(namespace: string, cluster: Readonly<Record<string, unknown>>): Promise<Postgres> {
    const made = await Postgres.of(this.used.cluster, namespace, {
      backups: backupsIn(this.used, this.buckets[1].name, namespace),
      clusters: { orders: { ...small, namespace, servers: this.servers, ...cluster } },
    });
    this.made.push(made);
    await this.hand(namespace);
    const started = Date.now();
    await explained([made], async () => {
      await made.create();
      await made.ready();
      await made.complete();
    });
    console.log(`      ${namespace} is up after ${((Date.now() - started) / 1000).toFixed()} s`);
    return made;
  }

  /** Removes a cluster that is done with: the node is small. */
  async finish(of: Postgres): Promise<void> {
    await removeNamespace(this.used.cluster, of.namespace);
    this.made = this.made.filter((each) => each !== of);
  }

  /** Removes everything. */
  async end(): Promise<void> {
    await removeAll(this.used.cluster, this.all);
    for (const bucket of this.buckets) await bucket.remove();
  }

  /** What an earlier run left. */
  private async clear(): Promise<void> {
    for (const namespace of this.namespaces) await removeNamespace(this.used.cluster, namespace);
  }

  private async fill(): Promise<void> {
    const { source } = this;
    await source.create();
    await source.ready();
    await source.complete();
    await source.sql(
      `CREATE ROLE ${migrator.name} LOGIN SUPERUSER REPLICATION PASSWORD '${migrator.password}';
       CREATE ROLE reader NOLOGIN`,
    );
    await source.sql(
      `SET ROLE shop;
       CREATE TABLE sales.orders (n serial PRIMARY KEY, note text);
       INSERT INTO sales.orders (note) SELECT 'order ' || i FROM generate_series(1, ${rows}) i;
       CREATE INDEX orders_note ON sales.orders (note);
       GRANT USAGE ON SCHEMA sales TO reader; GRANT SELECT ON sales.orders TO reader`,
      "orders",
    );
    const bills = `SET ROLE billing; CREATE TABLE bills AS SELECT generate_series(1, ${rows / 2}) AS n`;
    await source.sql(bills, "billing");
  }

  /** Puts into another namespace the Secrets that `servers` names. */
  private async hand(namespace: string): Promise<void> {
    const { cluster } = this.used;
    const { name, namespace: from } = this.source;
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const data = async (secret: string) =>
      (await cluster.get({ apiVersion: "v1", kind: "Secret", name: secret, namespace: from }))
        ?.data as Record<string, string>;
    const { "ca.crt": ca } = await data(`${name}-ca`);
    const { "tls.crt": certificate, "tls.key": key } = await data(`${name}-replication`);
    const secret = (called: string, values: object): KubernetesObject => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: called, namespace },
      ...values,
    });
    await cluster.apply(secret("old-ca", { data: { "ca.crt": ca } }));
    await cluster.apply(secret("old-client", { data: { "tls.crt": certificate, "tls.key": key } }));
    await cluster.apply(secret("old-login", { stringData: { password: migrator.password } }));
  }
}

function backupsIn(used: Used, bucket: string, prefix: string) {
  return {
    bucket,
    prefix,
    existingBucket: true,
    deleteAge: "60d",
    identity: "perCluster",
    env: { STORAGE_EMULATOR_HOST: used.stores.gcs },
    sidecar: { cpu: "50m" },
  };
}

/** Rows of a table. */
export const count = (of: Postgres, table = "sales.orders", database = "orders") =>
  of.sql(`SELECT count(*) FROM ${table}`, database);

/** What is kept of a role's password. */
export const passwordOf = (of: Postgres, role: string) =>
  of.sql(`SELECT coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = '${role}'`);

/** Waits until a role has another password than at the source. */
export const ownPassword = (of: Postgres, role: string, source: Postgres) =>
  eventually(`another password of ${role}`, 120, async () =>
    (await passwordOf(of, role)) === (await passwordOf(source, role)) ? "it is the source's" : undefined,
  );

/** Waits until a query answers so. */
export const answers = (of: Postgres, statement: string, expected: string, database = "orders") =>
  eventually(`${expected} from ${statement}`, 600, async () => {
    const answer = await of.sql(statement, database);
    return answer === expected ? undefined : answer;
  });

/** Waits until the operator says of an object that it is applied, as it is now. */
export const applied = (of: Postgres, kind: string, name: string) =>
  of.until(of.refTo(kind, name), (object) => {
    const status = (object?.status ?? {}) as {
      applied?: boolean;
      message?: string;
      observedGeneration?: number;
    };
    const done = status.applied === true && status.observedGeneration === object?.metadata.generation;
    return done ? [] : [`applied (${status.message ?? "no message"})`];
  });
