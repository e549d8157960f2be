/** Which store has a bucket, as far as it says where something lies. */
export interface StorePlace {
  /** What its addresses begin with: `gs`, `s3`. */
  readonly scheme: string;
  /** What tells it from other stores: of two with the same, buckets of one name are one bucket. */
  readonly id: string;
  /** Address of the server; undefined where that is known from the kind of store. */
  readonly endpoint?: string | undefined;
  /** Region of the bucket; undefined where nothing asks for it. */
  readonly region?: string | undefined;
}

/** Google Cloud Storage. */
export const googleStorage: StorePlace = { scheme: "gs", id: "storage.googleapis.com" };

/**
 * An S3-compatible store.
 *
 * @param endpoint address of the server; undefined for Amazon S3
 * @param region undefined for boto3's default
 */
export function s3Place(endpoint: string | undefined, region: string | undefined): StorePlace {
  return { scheme: "s3", id: `s3 ${storeHost(endpoint)}`, endpoint, region };
}

/** Whether two places are one store. */
export function sameStore(a: StorePlace, b: StorePlace): boolean {
  return a.id === b.id;
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
