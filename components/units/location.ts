/** An S3-compatible server, as far as it says where something lies. */
export interface S3Place {
  /** Address of the server; undefined for Amazon S3. */
  readonly endpoint: string | undefined;
  /** Region of the bucket; undefined for boto3's default. */
  readonly region: string | undefined;
}

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
    /** The S3-compatible store that has the bucket. Default: Google Cloud Storage has it. */
    readonly s3?: S3Place,
  ) {}

  /** `gs://<bucket>/<prefix>` or `s3://<bucket>/<prefix>`. */
  get destinationPath(): string {
    return `${this.s3 === undefined ? "gs" : "s3"}://${this.bucket}/${this.prefix}`;
  }

  /** What every object's name starts with: `<prefix>/`. The slash keeps `orders` apart from `orders-2`. */
  get objectPrefix(): string {
    return `${this.prefix}/`;
  }

  /** The place of another generation's archive in the same folder. */
  ofServer(serverName: string): ObjectStoreLocation {
    return new ObjectStoreLocation(this.bucket, this.prefix, serverName, this.s3);
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
    return sameStore(this.s3, other.s3);
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

/** Whether two places are one store; undefined is Google Cloud Storage. */
export function sameStore(a: S3Place | undefined, b: S3Place | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return storeHost(a.endpoint) === storeHost(b.endpoint);
}

/**
 * What tells one S3-compatible store from another: the host. Neither scheme nor port counts, since one server may have
 * several; all of Amazon's regions share their buckets' names; and a Service has a long and a short name.
 */
export function storeHost(endpoint: string | undefined): string {
  if (endpoint === undefined) return "amazonaws.com";
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint;
  if (/(^|\.)amazonaws\.com(\.cn)?$/.test(host)) return "amazonaws.com";
  return host.replace(/\.svc\.cluster\.local\.?$/, ".svc");
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
