import { type Cluster, ClusterError } from "../cluster";
import type { ObjectStores } from "../description";

/** The GCS emulator of a lab, by the JSON API of Google Cloud Storage. Errors are ClusterErrors. */
export class Store {
  constructor(
    private readonly cluster: Cluster,
    private readonly stores: ObjectStores,
  ) {}

  async hasBucket(bucket: string): Promise<boolean> {
    try {
      await this.ask("GET", `/storage/v1/b/${encodeURIComponent(bucket)}`);
      return true;
    } catch (error) {
      if (error instanceof ClusterError && error.status === 404) return false;
      throw error;
    }
  }

  async createBucket(bucket: string, project: string, location?: string): Promise<void> {
    const query = new URLSearchParams({ project });
    await this.ask("POST", `/storage/v1/b?${query}`, { name: bucket, ...(location && { location }) });
  }

  /** The bucket has to be empty. */
  async deleteBucket(bucket: string): Promise<void> {
    await this.ask("DELETE", `/storage/v1/b/${encodeURIComponent(bucket)}`);
  }

  /** Names of the objects that begin with a prefix; none if there is no such bucket. */
  async list(bucket: string, prefix = "", atMost = Number.POSITIVE_INFINITY): Promise<string[]> {
    const names: string[] = [];
    let page: string | undefined;
    do {
      const query = new URLSearchParams({ prefix, ...(page !== undefined && { pageToken: page }) });
      const answer = await this.ask("GET", `/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`).catch(
        (error: unknown) => {
          if (error instanceof ClusterError && error.status === 404) return {};
          throw error;
        },
      );
      const { items = [], nextPageToken } = answer as {
        items?: readonly { readonly name: string }[];
        nextPageToken?: string;
      };
      names.push(...items.map(({ name }) => name));
      page = nextPageToken;
    } while (page !== undefined && page !== "" && names.length < atMost);
    return names;
  }

  async deleteObject(bucket: string, name: string): Promise<void> {
    await this.ask("DELETE", `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`);
  }

  /** Directly where this machine reaches it, else through the API server. */
  private async ask(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const direct = this.stores.fromHere?.gcs;
    if (direct === undefined)
      return (await this.cluster.raw(method, `${proxied(this.stores.gcs)}${path}`, body)).body;
    let response: Response;
    try {
      response = await fetch(`${direct}${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
      });
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error };
      throw new ClusterError(
        0,
        "NoAnswer",
        `${direct}: no answer from the GCS emulator: ${cause?.message ?? message}`,
      );
    }
    const text = await response.text();
    const answer = text === "" ? undefined : (JSON.parse(text) as { error?: { message?: string } } | null);
    if (response.ok) return answer;
    const said = answer?.error?.message ?? text;
    throw new ClusterError(response.status, `Status${response.status}`, `GCS emulator: ${said}`);
  }
}

/** `http://fake-gcs.object-store.svc:4443` as the API server proxies it. */
export function proxied(url: string): string {
  const { hostname, port } = new URL(url);
  const [service, namespace] = hostname.split(".");
  return `/api/v1/namespaces/${namespace}/services/${service}:${port || "80"}/proxy`;
}
