import { folderCondition } from "../backup/location";
import { objectNamePart } from "../units";

/** A folder of a bucket with dumps: read off it are the address, and the condition of who may go there. */
export class DumpFolder {
  constructor(
    readonly bucket: string,
    /** Without slashes around it, such as `exports/orders-db`. */
    readonly prefix: string,
  ) {}

  /** `gs://<bucket>/<prefix>`. */
  get url(): string {
    return `gs://${this.bucket}/${this.prefix}`;
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
    return new DumpFolder(this.bucket, `${this.objectPrefix}${objectNamePart(database)}`);
  }
}
