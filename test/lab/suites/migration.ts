import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../cluster";
import type { Used } from "../use";
import { explained, Postgres, small } from "./postgres";

/** Name of the cluster that is migrated from, and of its namespace. */
export const old = "m-old";

/** Bucket of what is migrated from, and of what is migrated to. */
export const [oldBucket, newBucket] = ["m-old", "m-new"];

/** Rows that the old server begins with. */
export const rows = 1000;

/** A user that may read everything, as somebody has to make one on an old server. */
const migrator = { name: "migrator", password: randomBytes(12).toString("hex") };

/** Backups of a stack in the lab. */
export function backupsIn(used: Used, bucket: string, prefix: string) {
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

/** The server that is migrated from: a CNPG cluster, of which nothing is used but its host, a password and certificates. */
export class OldServer {
  private constructor(
    private readonly used: Used,
    readonly postgres: Postgres,
  ) {}

  static async of(used: Used): Promise<OldServer> {
    const postgres = await Postgres.of(used.cluster, old, {
      backups: backupsIn(used, oldBucket, "old"),
      clusters: {
        [old]: {
          ...small,
          namespace: old,
          databases: { orders: { owner: "shop", schemas: ["sales"], extensions: ["vector"] }, billing: {} },
          initdb: { database: "orders" },
        },
      },
    });
    return new OldServer(used, postgres);
  }

  /** Brings it up, with rows, a sequence, a schema, an extension, and the user that migrates. */
  async begin(): Promise<void> {
    const { postgres } = this;
    await explained([postgres], async () => {
      await postgres.create();
      await postgres.ready();
      await postgres.complete();
      await postgres.sql(
        `CREATE ROLE ${migrator.name} LOGIN SUPERUSER REPLICATION PASSWORD '${migrator.password}';
         CREATE ROLE reader NOLOGIN`,
      );
      await postgres.sql(
        `SET ROLE shop;
         CREATE TABLE sales.orders (n serial PRIMARY KEY, note text);
         INSERT INTO sales.orders (note) SELECT 'order ' || i FROM generate_series(1, ${rows}) i;
         CREATE INDEX orders_note ON sales.orders (note);
         GRANT USAGE ON SCHEMA sales TO reader; GRANT SELECT ON sales.orders TO reader`,
        "orders",
      );
      await postgres.sql(
        `SET ROLE billing; CREATE TABLE bills AS SELECT generate_series(1, ${rows / 2}) AS n`,
        "billing",
      );
    });
  }

  /** What a stack file says of it: as the user that migrates, and as the one that replicates, by certificate. */
  get servers() {
    const host = this.postgres.plan.workload.host("rw");
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

  /** Puts into another namespace the Secrets that `servers` names. */
  async hand(namespace: string): Promise<void> {
    const { cluster } = this.used;
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const data = async (name: string) =>
      (await cluster.get({ apiVersion: "v1", kind: "Secret", name, namespace: old }))?.data as Record<
        string,
        string
      >;
    const { "ca.crt": ca } = await data(`${old}-ca`);
    const { "tls.crt": certificate, "tls.key": key } = await data(`${old}-replication`);
    const secret = (name: string, values: object): KubernetesObject => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace },
      ...values,
    });
    await cluster.apply(secret("old-ca", { data: { "ca.crt": ca } }));
    await cluster.apply(secret("old-client", { data: { "tls.crt": certificate, "tls.key": key } }));
    await cluster.apply(secret("old-login", { stringData: { password: migrator.password } }));
  }
}
