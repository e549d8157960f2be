import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { type Cluster, isNotFound } from "../cluster";
import type { LabDescription, ObjectStores } from "../description";
import { proxied } from "./store";

/** An object in a bucket. */
export interface S3Object {
  readonly name: string;
  readonly size: string;
  /** Its MD5, if it was not uploaded in parts. */
  readonly etag: string;
}

/**
 * The S3 server of a lab, by S3's own protocol and signed with the lab's one key. It is reached as the API server proxies
 * it, in the same way on every kind of lab. Errors are ClusterErrors.
 */
export class S3Store {
  private readonly proxy: string;
  private readonly host: string;

  constructor(
    private readonly cluster: Cluster,
    lab: Pick<LabDescription, "kubeconfig">,
    private readonly server: ObjectStores["s3"],
  ) {
    this.proxy = proxied(server.endpoint);
    this.host = apiHost(lab.kubeconfig);
  }

  async hasBucket(bucket: string): Promise<boolean> {
    try {
      await this.ask("GET", `/${bucket}`, { "list-type": "2", "max-keys": "1" });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async createBucket(bucket: string): Promise<void> {
    await this.ask("PUT", `/${bucket}`);
  }

  /** The bucket has to be empty. */
  async deleteBucket(bucket: string): Promise<void> {
    await this.ask("DELETE", `/${bucket}`);
  }

  /** The objects whose names begin with a prefix; none if there is no such bucket. */
  async objects(bucket: string, prefix = "", atMost = Number.POSITIVE_INFINITY): Promise<S3Object[]> {
    const found: S3Object[] = [];
    let token: string | undefined;
    do {
      const query = { "list-type": "2", prefix, ...(token !== undefined && { "continuation-token": token }) };
      const text = await this.ask("GET", `/${bucket}`, query).catch((error: unknown) => {
        if (isNotFound(error)) return "";
        throw error;
      });
      for (const [, inner = ""] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs))
        found.push({
          name: element(inner, "Key"),
          size: element(inner, "Size"),
          etag: element(inner, "ETag").replaceAll('"', ""),
        });
      token = element(text, "NextContinuationToken") || undefined;
    } while (token !== undefined && found.length < atMost);
    return found;
  }

  /** Their names. */
  async list(bucket: string, prefix = "", atMost = Number.POSITIVE_INFINITY): Promise<string[]> {
    return (await this.objects(bucket, prefix, atMost)).map(({ name }) => name);
  }

  async deleteObject(bucket: string, name: string): Promise<void> {
    await this.ask("DELETE", `/${bucket}/${name}`);
  }

  /** The text of an object. */
  async read(bucket: string, name: string): Promise<string> {
    return this.ask("GET", `/${bucket}/${name}`);
  }

  /** Writes an object of text over whatever it was. */
  async write(bucket: string, name: string, text: string): Promise<void> {
    await this.ask("PUT", `/${bucket}/${name}`, {}, text);
  }

  /** Says what users may do in a bucket. */
  async setPolicy(bucket: string, policy: object): Promise<void> {
    await this.ask("PUT", `/${bucket}`, { policy: "" }, JSON.stringify(policy));
  }

  private async ask(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    query: Readonly<Record<string, string>> = {},
    content?: string,
  ): Promise<string> {
    const target = `${this.proxy}${this.signed(method, path, query)}`;
    const { body } = await this.cluster.raw(method, target, content, { contentType: "text/plain" });
    return String(body);
  }

  /**
   * Path and query with a signature of version 4 in the query: a header of that kind would not come through the API server,
   * which takes it for one of its own. The host that is signed is the API server's: it hands its own on.
   */
  private signed(method: string, path: string, query: Readonly<Record<string, string>>): string {
    const moment = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const day = moment.slice(0, 8);
    const scope = [day, "us-east-1", "s3", "aws4_request"];
    const all: Readonly<Record<string, string>> = {
      ...query,
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": [this.server.accessKeyId, ...scope].join("/"),
      "X-Amz-Date": moment,
      "X-Amz-Expires": "600",
      "X-Amz-SignedHeaders": "host",
    };
    const sorted = Object.keys(all)
      .sort()
      .map((key) => `${encoded(key)}=${encoded(all[key] ?? "")}`)
      .join("&");
    const place = path.split("/").map(encoded).join("/");
    const canonical = [method, place, sorted, `host:${this.host}\n`, "host", "UNSIGNED-PAYLOAD"].join("\n");
    const hash = createHash("sha256").update(canonical).digest("hex");
    const toSign = ["AWS4-HMAC-SHA256", moment, scope.join("/"), hash].join("\n");
    const key = scope.reduce<Buffer | string>(hmac, `AWS4${this.server.secretAccessKey}`);
    return `${place}?${sorted}&X-Amz-Signature=${hmac(key, toSign).toString("hex")}`;
  }
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** As the signature wants it: all but letters, digits and `-_.~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The text of an XML element; empty if there is none. */
function element(xml: string, name: string): string {
  const [, text = ""] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#34;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Host and port of the API server, as a kubeconfig's current context names it. */
function apiHost(kubeconfig: string): string {
  const file = load(readFileSync(kubeconfig, "utf8")) as {
    readonly "current-context"?: string;
    readonly contexts?: readonly { readonly name: string; readonly context: { readonly cluster: string } }[];
    readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
  };
  const context = file.contexts?.find(({ name }) => name === file["current-context"])?.context.cluster;
  const cluster = file.clusters.find(({ name }) => name === context) ?? file.clusters[0];
  return new URL(cluster?.cluster.server ?? "").host;
}
