import { objectNamePart } from ".";
import { folderCondition } from "./location";
import { googleStorage, type StorePlace } from "./storePlace";

/** A folder of a bucket with dumps: read off it are the address, and the condition of who may go there. */
export class DumpFolder {
  constructor(
    readonly bucket: string,
    /** Without slashes around it, such as `exports/orders-db`. */
    readonly prefix: string,
    /** The store that has the bucket. */
    readonly store: StorePlace = googleStorage,
  ) {}

  /** `gs://<bucket>/<prefix>` or `s3://<bucket>/<prefix>`. */
  get url(): string {
    return `${this.store.scheme}://${this.bucket}/${this.prefix}`;
  }

  /** What every object's name starts with. */
  get objectPrefix(): string {
    return `${this.prefix}/`;
  }

  /** See {@link folderCondition}. */
  get iamCondition(): string {
    return folderCondition(this.bucket, this.objectPrefix);
  }

  /** The folder of one database; of a name that is no name for a file there, what can stand in one and a hash. */
  of(database: string): DumpFolder {
    return new DumpFolder(this.bucket, `${this.objectPrefix}${objectNamePart(database)}`, this.store);
  }
}
