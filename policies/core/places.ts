import { locationIn } from "./cluster";
import { mayBeSame } from "./placeholder";
import { foreignHost } from "./s3";
import type { View } from "./view";

/** Where something lies, however its address is spelt. */
export interface Place {
  /** The store: two of one name are one for certain; for others see {@link mayBeOneStore}. */
  readonly store: string;
  /** Bucket and prefix in it, without a slash at the end. */
  readonly path: string;
}

/** Google's store, by its own protocol and by its S3 one. */
export const GOOGLE = "storage.googleapis.com";

/**
 * Where an object store's configuration puts things; undefined where its destination can't be read.
 *
 * @param namespace of the pods that use it, in which short names of Services are looked up
 */
export function placeOf(store: View, namespace: string | undefined): Place | undefined {
  const location = locationIn(store);
  if (location === undefined) return undefined;
  const { scheme, bucket, prefix } = location;
  const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join("/");
  if (scheme === "gs") return { store: GOOGLE, path: joined(bucket, prefix) };
  // Azure's destination is an address itself; Barman hands an endpoint to S3 alone.
  if (scheme !== "s3") return { store: storeAt(`${scheme}://${bucket}`, namespace), path: prefix };
  return { store: storeAt(store.partial("endpointURL"), namespace), path: joined(bucket, prefix) };
}

/** Where objects of a server lie, ending in a slash: what two clusters must not share. */
export function folderOf(store: View, serverName: string, namespace: string | undefined): string | undefined {
  const place = placeOf(store, namespace);
  return place === undefined ? undefined : `${place.store}|${place.path}/${serverName}/`;
}

/** The fields by which an object store's configuration names another place than before; none where it may be the same. */
export function movedBy(
  before: View,
  after: View,
  namespace: string | undefined,
): ("destinationPath" | "endpointURL")[] {
  const [was, is] = [before, after].map((one) => placeOf(one, namespace));
  if (was !== undefined && is !== undefined && mayBeOnePlace(was, is)) return [];
  const [old, now] = [before, after].map((one) => one.partial("destinationPath")?.replace(/\/+$/, ""));
  // Other providers have no endpoint.
  const onS3 = [old, now].every((destination) => destination?.startsWith("s3:"));
  const apart = was !== undefined && is !== undefined && !mayBeOneStore(was.store, is.store);
  return [
    ...(old === now ? [] : ["destinationPath" as const]),
    ...(apart && onS3 ? ["endpointURL" as const] : []),
  ];
}

/** Whether two places may be one: they are two for certain otherwise. */
export function mayBeOnePlace(a: Place, b: Place): boolean {
  return mayBeSame(a.path, b.path) && mayBeOneStore(a.store, b.store);
}

/** Whether two stores may be one: a server may have several ports, and a Service has names of several lengths. */
export function mayBeOneStore(a: string, b: string): boolean {
  const [one, other] = [bare(a), bare(b)];
  return mayBeSame(one, other) || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function bare(store: string): string {
  return store
    .replace(/:\d+/, "")
    .replace(/\.svc(\.[^/]*)?/, "")
    .replace(/^amazon.*/, "amazon");
}

/** One name for all spellings of a store's address. */
function storeAt(endpoint: string | undefined, namespace: string | undefined): string {
  if (endpoint === undefined || endpoint.trim() === "") return "amazon";
  const text = endpoint.trim();
  if (!URL.canParse(text)) return text.replace(/\/+$/, "");
  // The default port is gone from it, and the host is in small letters.
  const { hostname, port, pathname } = new URL(text);
  const host = hostname.replace(/\.$/, "").replace(/\.svc\.cluster\.local$/, ".svc");
  // Regions share the names of buckets; China and the government's cloud have their own.
  if (foreignHost(host) === undefined) return `amazon${/\.cn$|us-gov/.exec(host)?.[0] ?? ""}`;
  if (host === GOOGLE) return GOOGLE;
  const isShort = /^[a-z0-9-]+$/.test(host) && host !== "localhost" && namespace !== undefined;
  return [
    isShort ? `${host}.${namespace}.svc` : host,
    port === "" ? "" : `:${port}`,
    pathname.replace(/\/+$/, ""),
  ].join("");
}
