import type { Used } from "../use";
import { completedBackups } from "./archiving";
import { eventually, explained, Postgres, removeAll, small } from "./postgres";
import { removeNamespace } from "./removeNamespace";
import { type ArchiveBucket, bucketIn, type StoreKind } from "./s3Bucket";

type Settings = Readonly<Record<string, unknown>>;

const name = "r-orders";
const databases = { orders: { owner: "orders" } };

/** What a source and its clones have of one of the lab's stores, or, where they are in two, of both. */
interface Copy {
  /** Settings of the cluster over those of every clone. */
  readonly cluster?: Settings;
  /** Where the clone archives. Default: in the store of its source. */
  readonly store?: StoreKind;
}

/**
 * A source with 100 rows in a base backup, 50 more after it, and 25 after a noted moment; and clones of it. All of one store
 * has names of its own, so that the stores' can run at the same time.
 */
export class Scenario {
  readonly sourceBucket: ArchiveBucket;
  private readonly cloneBuckets: Readonly<Record<StoreKind, ArchiveBucket>>;
  readonly all: Postgres[] = [];
  /** A moment after 100 and 50 rows, and before 25 more. */
  between = "";
  private madeSource: Postgres | undefined;

  constructor(
    private readonly used: Used,
    readonly store: StoreKind,
  ) {
    this.sourceBucket = bucketIn(store, used, `r-${store}-source`);
    const clones = (kind: StoreKind) => bucketIn(kind, used, `r-${store}-clones-in-${kind}`);
    this.cloneBuckets = { gcs: clones("gcs"), s3: clones("s3") };
  }

  get source(): Postgres {
    if (this.madeSource === undefined) throw new Error(`the source in ${this.store} is not there yet`);
    return this.madeSource;
  }

  /** The bucket that a clone archives to. */
  cloneBucket(store: StoreKind = this.store): ArchiveBucket {
    return this.cloneBuckets[store];
  }

  /** Makes the source, with all its rows in its archive. */
  async prepare(): Promise<void> {
    const { used, store } = this;
    for (const what of ["source", "clone", "past", "alone"])
      await removeNamespace(used.cluster, `r-${store}-${what}`);
    for (const bucket of this.buckets) await bucket.create();
    const namespace = `r-${store}-source`;
    const { backups, keys } = this.archiveIn(store, this.sourceBucket.name);
    const source = await Postgres.of(used.cluster, namespace, {
      backups,
      keys,
      clusters: { [name]: { ...small, namespace, databases } },
    });
    this.madeSource = source;
    this.all.push(source);
    await begin(source);
    await explained([source], async () => {
      await source.sql("CREATE TABLE rows AS SELECT generate_series(1, 100) AS n", "orders");
      await eventually("a base backup", 600, async () => {
        const done = await completedBackups(used.cluster, source);
        return done.length > 0 ? undefined : "none is completed";
      });
      await source.sql("INSERT INTO rows SELECT generate_series(101, 150)", "orders");
      await source.sql("SELECT pg_sleep(1.5)");
      this.between = await source.sql(
        `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      );
      await source.sql("SELECT pg_sleep(1.5)");
      await source.sql("INSERT INTO rows SELECT generate_series(151, 175)", "orders");
      await archived(source, this.sourceBucket, await source.switchWal());
    });
  }

  /** A cluster in a namespace of its own, with an archive of its own, that is recovered from the source. */
  async cloneOf(
    what: "clone" | "past" | "alone",
    { cluster = {}, store = this.store }: Copy = {},
  ): Promise<Postgres> {
    const namespace = `r-${this.store}-${what}`;
    const { location } = this.source;
    const own = this.archiveIn(store, this.cloneBucket(store).name);
    const from = this.sourceFor(store);
    const made = await Postgres.of(this.used.cluster, namespace, {
      backups: {
        ...own.backups,
        prefix: namespace,
        deleteAge: "60d",
        ...(store === "gcs" && { existingBucket: true }),
        env: { STORAGE_EMULATOR_HOST: this.used.stores.gcs },
      },
      keys: { ...own.keys, ...from.keys },
      clusters: {
        [name]: {
          ...small,
          namespace,
          databases,
          ...cluster,
          recoverFrom: {
            bucket: location.bucket,
            objectPrefix: location.prefix,
            serverName: location.serverName,
            postgresMajor: 17,
            ...from.recoverFrom,
            ...(cluster.recoverFrom as object | undefined),
          },
        },
      },
    });
    this.all.push(made);
    await begin(made);
    return made;
  }

  /** Removes a Cluster with what it owns, as Pulumi does before it makes another; no pod takes its time here. */
  async lose(of: Postgres): Promise<void> {
    const { cluster } = this.used;
    await cluster.remove(of.ref, { propagation: "Foreground" });
    const pods = ["delete", "pods", "--all", "-n", of.namespace];
    await cluster.kubectl([...pods, "--force", "--grace-period=0", "--wait=false"]);
    await cluster.gone(of.ref);
  }

  /** Takes everything away, whatever is left. */
  async remove(): Promise<void> {
    await removeAll(this.used.cluster, this.all);
    for (const bucket of this.buckets) await bucket.remove();
  }

  private get buckets(): ArchiveBucket[] {
    return [this.sourceBucket, ...Object.values(this.cloneBuckets)];
  }

  private archiveIn(store: StoreKind, bucket: string): { backups: Settings; keys: Record<string, string> } {
    const { gcs, s3 } = this.used.stores;
    const sidecar = { cpu: "50m" };
    if (store === "gcs")
      return {
        backups: { bucket, identity: "perCluster", env: { STORAGE_EMULATOR_HOST: gcs }, sidecar },
        keys: {},
      };
    const { endpoint, accessKeyId, secretAccessKey } = s3;
    return {
      backups: { bucket, s3: { endpoint }, sidecar },
      keys: { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey },
    };
  }

  /** How a clone that archives to a store reads the source. */
  private sourceFor(store: StoreKind): { recoverFrom: Settings; keys: Record<string, string> } {
    if (this.store === "gcs") return { recoverFrom: store === "s3" ? { gcs: {} } : {}, keys: {} };
    const { endpoint, accessKeyId, secretAccessKey } = this.used.stores.s3;
    return {
      recoverFrom: { s3: store === "s3" ? {} : { endpoint } },
      keys: { s3SourceAccessKeyId: accessKeyId, s3SourceSecretAccessKey: secretAccessKey },
    };
  }
}

/** Brings it up as Pulumi would, until its own WAL is in the bucket. */
export async function begin(of: Postgres): Promise<void> {
  await explained([of], async () => {
    await of.create();
    await of.ready();
    await of.complete();
  });
}

/** How many rows there are. */
export const rows = (of: Postgres, database = "orders") => of.sql("SELECT count(*) FROM rows", database);

/** Waits until a WAL file of a Postgres is in its bucket. */
export async function archived(of: Postgres, bucket: ArchiveBucket, segment: string): Promise<void> {
  const object = `${of.folder}wals/${segment.slice(0, 16)}/${segment}.gz`;
  await eventually(`object ${object}`, 300, async () =>
    (await bucket.names(object)).length === 1 ? undefined : "it is not there",
  );
}
