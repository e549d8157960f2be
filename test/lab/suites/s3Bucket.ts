import { S3Store } from "../../../lab/stack/s3";
import type { Used } from "../use";
import { Bucket } from "./bucket";

/** What a suite needs of a bucket, whichever store has it. */
export interface ArchiveBucket {
  readonly name: string;
  /** Makes it, empty: what an earlier run left in one of this name goes. */
  create(): Promise<void>;
  /** Names of all objects that begin with a prefix. */
  names(prefix?: string): Promise<string[]>;
  /** Removes it with all its objects; a bucket that isn't there is removed already. */
  remove(): Promise<void>;
}

/** The stores that a lab has. */
export type StoreKind = "gcs" | "s3";

/** A bucket in one of the lab's stores. */
export function bucketIn(kind: StoreKind, used: Used, name: string): ArchiveBucket {
  return kind === "gcs" ? new Bucket(used.cluster, name) : new S3Bucket(used, name);
}

/** A bucket on the lab's S3 server. */
export class S3Bucket implements ArchiveBucket {
  private readonly store: S3Store;

  constructor(
    { cluster, lab, stores }: Used,
    readonly name: string,
  ) {
    this.store = new S3Store(cluster, lab, stores.s3);
  }

  async create(): Promise<void> {
    await this.remove();
    await this.store.createBucket(this.name);
  }

  names(prefix = ""): Promise<string[]> {
    return this.store.list(this.name, prefix);
  }

  async remove(): Promise<void> {
    if (!(await this.store.hasBucket(this.name))) return;
    for (const name of await this.names()) await this.store.deleteObject(this.name, name);
    await this.store.deleteBucket(this.name);
  }
}
