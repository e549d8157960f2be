/**
 * Which IAM permissions Cloud Storage asks for, call by call. After the tables "IAM permissions for JSON methods" and
 * "… for XML methods" in Google's documentation, for buckets with uniform bucket-level access.
 */

/** A call as far as it is needed to know what it is. */
export interface GcsRequest {
  readonly method: string;
  /** Path and query, still encoded; in a batch also a whole URL. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

/** One permission on one resource. */
export interface Access {
  readonly permission: string;
  /** Empty for what is asked of the project: listing buckets. */
  readonly bucket: string;
  /** Name of the object; absent when the bucket is what is asked for. */
  readonly object?: string;
  /** With `storage.objects.list`: the prefix that is asked for; empty for all. */
  readonly prefix?: string;
  /** Asked for only when there is such an object already: to overwrite is to delete. */
  readonly ifExists?: true;
}

/** What a call is. */
export interface GcsCall {
  /** Name of the JSON method, such as `objects.insert`; those of the XML API are called the same. */
  readonly operation: string;
  readonly accesses: readonly Access[];
  /** Whether the answer is the content of an object, as it was uploaded. */
  readonly media: boolean;
  /** The upload that this call continues: its permissions were asked for when the session began. */
  readonly session?: string;
}

/** What of a call's content its permissions depend on. */
export type Needed = "nothing" | "json" | "multipart";

/** The fields of a call's content that matter here. */
export interface CallContent {
  readonly name?: unknown;
  readonly sourceObjects?: unknown;
}

/** A call that nobody wrote down here: it is refused, instead of let through or denied by guess. */
export class UnknownCall extends Error {
  constructor(request: GcsRequest, why = "") {
    super(`not known which permissions this call needs: ${request.method} ${request.target}${why}`);
    this.name = "UnknownCall";
  }
}

/** Path of the batch calls. */
export const batchPath = "/batch/storage/v1";

/** Which part of the content has to be known to {@link callOf}. */
export function neededOf(request: GcsRequest): Needed {
  const { path, query } = parse(request);
  if (request.method !== "POST") return "nothing";
  if (/^\/storage\/v1\/b\/?$/.test(path) || /\/compose$/.test(path)) return "json";
  if (!path.startsWith("/upload/") || query.has("name") || query.has("upload_id")) return "nothing";
  return query.get("uploadType") === "multipart" ? "multipart" : "json";
}

/**
 * What a call is, and what it needs permission for.
 *
 * @throws UnknownCall when it is none of those written down here
 */
export function callOf(request: GcsRequest, content: CallContent = {}): GcsCall {
  const { path, query } = parse(request);
  const parts = { request, method: request.method === "HEAD" ? "GET" : request.method, query, content };
  const upload = /^(?:\/resumable)?\/upload\/storage\/v1\/b\/([^/]+)\/o\/?$/.exec(path);
  if (upload !== null) return uploadOf(parts, decode(upload[1]));
  const resumable = /^\/upload\/resumable\/([^/]+)$/.exec(path);
  if (resumable !== null) return sessionOf(decode(resumable[1]));
  const api = /^(\/download)?\/storage\/v1\/(.+)$/.exec(path);
  if (api !== null) return jsonOf(parts, api[2] ?? "", api[1] !== undefined);
  if (/^\/(?:storage|upload|download|batch|_internal)(?:\/|$)/.test(path)) throw new UnknownCall(request);
  return xmlOf(parts, path);
}

interface Parts {
  readonly request: GcsRequest;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly content: CallContent;
}

function parse({ target }: GcsRequest): { path: string; query: URLSearchParams } {
  const local = target.replace(/^https?:\/\/[^/]*/, "");
  const at = local.indexOf("?");
  return {
    path: at < 0 ? local : local.slice(0, at),
    query: new URLSearchParams(at < 0 ? "" : local.slice(at + 1)),
  };
}

function uploadOf(parts: Parts, bucket: string): GcsCall {
  const { request, method, query, content } = parts;
  const session = query.get("upload_id");
  if (session !== null) return sessionOf(session);
  const object = query.get("name") ?? content.name;
  if (method !== "POST" || typeof object !== "string" || object === "")
    throw new UnknownCall(request, ", whose object has no name");
  return simple("objects.insert", write(bucket, object));
}

function sessionOf(session: string): GcsCall {
  return { ...simple("objects.insert", []), session };
}

function jsonOf(parts: Parts, path: string, download: boolean): GcsCall {
  const copy = /^b\/([^/]+)\/o\/(.+)\/(rewriteTo|copyTo)\/b\/([^/]+)\/o\/(.+)$/.exec(path);
  if (copy !== null && parts.method === "POST")
    return simple(copy[3] === "copyTo" ? "objects.copy" : "objects.rewrite", [
      { permission: "storage.objects.get", bucket: decode(copy[1]), object: decode(copy[2]) },
      ...write(decode(copy[4]), decode(copy[5])),
    ]);
  const compose = /^b\/([^/]+)\/o\/(.+)\/compose$/.exec(path);
  if (compose !== null && parts.method === "POST")
    return composeOf(parts, decode(compose[1]), decode(compose[2]));
  const object = /^b\/([^/]+)\/o\/(.+)$/.exec(path);
  if (object !== null) return objectOf(parts, decode(object[1]), decode(object[2]), download);
  const objects = /^b\/([^/]+)\/o\/?$/.exec(path);
  if (objects !== null && parts.method === "GET")
    return simple("objects.list", [
      listing(decode(objects[1]), parts.query.get("prefix")),
      ...policy(parts, "objects", { bucket: decode(objects[1]) }),
    ]);
  return bucketOf(parts, path);
}

function composeOf({ request, content }: Parts, bucket: string, object: string): GcsCall {
  const sources = content.sourceObjects;
  if (!Array.isArray(sources)) throw new UnknownCall(request, ", which names no source objects");
  const names = sources.map((source: { name?: unknown }) => String(source.name));
  return simple("objects.compose", [
    ...names.map((name): Access => ({ permission: "storage.objects.get", bucket, object: name })),
    ...write(bucket, object),
  ]);
}

function objectOf(parts: Parts, bucket: string, object: string, download: boolean): GcsCall {
  // An object's own access list or policy: uniform bucket-level access has neither.
  if (/\/(?:acl|iam)(?:\/[^/]*)?$/.test(parts.request.target.split("?")[0] ?? ""))
    throw new UnknownCall(parts.request);
  const on = { bucket, object };
  switch (parts.method) {
    case "GET": {
      const media = download || parts.query.get("alt") === "media";
      return {
        ...simple("objects.get", [
          { permission: "storage.objects.get", ...on },
          ...(media ? [] : policy(parts, "objects", on)),
        ]),
        media,
      };
    }
    case "DELETE":
      return simple("objects.delete", [{ permission: "storage.objects.delete", ...on }]);
    case "PATCH":
    case "PUT":
      return simple(parts.method === "PUT" ? "objects.update" : "objects.patch", [
        { permission: "storage.objects.update", ...on },
      ]);
    default:
      throw new UnknownCall(parts.request);
  }
}

function bucketOf({ request, method, query, content }: Parts, path: string): GcsCall {
  if (/^b\/?$/.test(path)) {
    if (method === "GET") return simple("buckets.list", [{ permission: "storage.buckets.list", bucket: "" }]);
    if (method === "POST" && typeof content.name === "string")
      return simple("buckets.insert", [{ permission: "storage.buckets.create", bucket: content.name }]);
  }
  const [, encoded, below] = /^b\/([^/]+)(?:\/(iam|iam\/testPermissions))?\/?$/.exec(path) ?? [];
  const known = below === "iam" ? policyMethods : below === undefined ? bucketMethods : undefined;
  const [operation, permission] = known?.[method] ?? [];
  if (encoded === undefined || operation === undefined || permission === undefined)
    throw new UnknownCall(request);
  const bucket = decode(encoded);
  return simple(operation, [{ permission, bucket }, ...policy({ query }, "buckets", { bucket })]);
}

const bucketMethods: Readonly<Record<string, readonly [string, string]>> = {
  GET: ["buckets.get", "storage.buckets.get"],
  PATCH: ["buckets.patch", "storage.buckets.update"],
  PUT: ["buckets.update", "storage.buckets.update"],
  DELETE: ["buckets.delete", "storage.buckets.delete"],
};

const policyMethods: typeof bucketMethods = {
  GET: ["buckets.getIamPolicy", "storage.buckets.getIamPolicy"],
  PUT: ["buckets.setIamPolicy", "storage.buckets.setIamPolicy"],
};

/** The paths of the XML API, `/<bucket>/<object>`, by which some clients get media. */
function xmlOf({ request, method, query }: Parts, path: string): GcsCall {
  const [, bucketPart, objectPart] = /^\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (bucketPart === undefined) throw new UnknownCall(request);
  const [bucket, object] = [decode(bucketPart), decode(objectPart)];
  if (object === "") {
    if (request.method === "GET") return simple("objects.list", [listing(bucket, query.get("prefix"))]);
    if (request.method === "HEAD")
      return simple("buckets.get", [{ permission: "storage.buckets.get", bucket }]);
    throw new UnknownCall(request);
  }
  if (query.has("uploads") || query.has("uploadId") || query.has("acl")) throw new UnknownCall(request);
  const session = query.get("upload_id");
  if (session !== null) return sessionOf(session);
  const resumable = request.headers?.["x-goog-resumable"] === "start";
  if (method === "GET")
    return { ...simple("objects.get", [{ permission: "storage.objects.get", bucket, object }]), media: true };
  if (method === "DELETE")
    return simple("objects.delete", [{ permission: "storage.objects.delete", bucket, object }]);
  if (method === "PUT" || (method === "POST" && resumable))
    return simple("objects.insert", write(bucket, object));
  throw new UnknownCall(request);
}

function simple(operation: string, accesses: readonly Access[]): GcsCall {
  return { operation, accesses, media: false };
}

/** To write an object; one that is there already is deleted by it. */
function write(bucket: string, object: string): Access[] {
  return [
    { permission: "storage.objects.create", bucket, object },
    { permission: "storage.objects.delete", bucket, object, ifExists: true },
  ];
}

function listing(bucket: string, prefix: string | null): Access {
  return { permission: "storage.objects.list", bucket, prefix: prefix ?? "" };
}

/** Who asks for everything (`projection=full`) asks for the policy too. */
function policy(
  { query }: Pick<Parts, "query">,
  of: "objects" | "buckets",
  on: { bucket: string; object?: string },
): Access[] {
  return query.get("projection") === "full" ? [{ permission: `storage.${of}.getIamPolicy`, ...on }] : [];
}

function decode(text = ""): string {
  return decodeURIComponent(text);
}
