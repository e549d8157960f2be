import { googleStorage, type StorePlace, sameStore } from "./storePlace";

/**
 * Where one cluster's backups lie. Everything that names the place is read off this one value: the
 * ObjectStore's `destinationPath` and `endpointURL`, the IAM condition, a recovery source.
 *
 * Barman puts the server name below the path itself (`<destinationPath>/<serverName>/wals/…` and
 * `…/base/…`), so the server name is never part of the path: written twice, nothing would be found at restore.
 */
export class ObjectStoreLocation {
  constructor(
    readonly bucket: string,
    /** Folder inside the bucket, without slashes around it, such as `cnpg/orders-db`. */
    readonly prefix: string,
    /** Barman's name for this archive; a new one for each generation of the cluster. */
    readonly serverName: string,
    /** The store that has the bucket. */
    readonly store: StorePlace = googleStorage,
  ) {}

  /** `gs://<bucket>/<prefix>` or `s3://<bucket>/<prefix>`. */
  get destinationPath(): string {
    return `${this.store.scheme}://${this.bucket}/${this.prefix}`;
  }

  /** What every object's name starts with: `<prefix>/`. The slash keeps `orders` apart from `orders-2`. */
  get objectPrefix(): string {
    return `${this.prefix}/`;
  }

  /** The place of another generation's archive in the same folder. */
  ofServer(serverName: string): ObjectStoreLocation {
    return new ObjectStoreLocation(this.bucket, this.prefix, serverName, this.store);
  }

  /** See {@link folderCondition}. */
  get iamCondition(): string {
    return folderCondition(this.bucket, this.objectPrefix);
  }

  /** The condition with an end: a moment (RFC 3339). */
  iamConditionUntil(expires: string): string {
    return `(${this.iamCondition}) && request.time < timestamp("${expires}")`;
  }

  /** Whether the same store has both buckets: then those of one name are one bucket. */
  sharesStoreWith(other: ObjectStoreLocation): boolean {
    return sameStore(this.store, other.store);
  }

  /** Whether both would write the same objects. */
  collidesWith(other: ObjectStoreLocation): boolean {
    return (
      this.sharesStoreWith(other) &&
      this.destinationPath === other.destinationPath &&
      this.serverName === other.serverName
    );
  }

  /** Whether one of the two prefixes lies inside the other. */
  overlaps(other: ObjectStoreLocation): boolean {
    return this.sharesStoreWith(other) && overlapping(this, other);
  }
}

interface Folder {
  readonly bucket: string;
  readonly objectPrefix: string;
}

/** Whether one of two folders lies inside the other. */
export function overlapping(a: Folder, b: Folder): boolean {
  return (
    a.bucket === b.bucket &&
    (a.objectPrefix.startsWith(b.objectPrefix) || b.objectPrefix.startsWith(a.objectPrefix))
  );
}

/**
 * An IAM condition (CEL) that is true for this prefix only: for objects by their name, and for listing by
 * the prefix that is asked for. Only object roles can carry it; a bucket role has no object name to test.
 */
export function folderCondition(bucket: string, objectPrefix: string): string {
  return [
    `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${objectPrefix}")`,
    `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("${objectPrefix}")`,
  ].join(" || ");
}
