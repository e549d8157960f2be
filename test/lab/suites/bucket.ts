import { type Answer, type Cluster, isNotFound, isPassing } from "../../../lab/cluster";
import { storesInCluster } from "../../../lab/settings";
import { proxied } from "../../../lab/stack/store";

/** An object in a bucket. */
export interface StoredObject {
  readonly name: string;
  readonly size: string;
  readonly md5Hash: string;
}

/** The emulator as the API server proxies it: reached in the same way on every kind of lab. */
const emulator = proxied(storesInCluster.gcs);

/** A bucket in the lab's emulator of Cloud Storage. */
export class Bucket {
  constructor(
    private readonly cluster: Cluster,
    readonly name: string,
  ) {}

  /** Makes it, empty: what an earlier run left in one of this name goes. */
  async create(): Promise<void> {
    await this.remove();
    await this.ask("POST", `${emulator}/storage/v1/b?project=lab`, { name: this.name });
  }

  /** All objects that begin with a prefix, by name. */
  async objects(prefix = ""): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    let page: string | undefined;
    do {
      const query = new URLSearchParams({ prefix, ...(page !== undefined && { pageToken: page }) });
      const { body } = await this.ask("GET", `${this.path}/o?${query}`);
      const { items = [], nextPageToken } = body as { items?: StoredObject[]; nextPageToken?: string };
      found.push(...items.map(({ name, size, md5Hash }) => ({ name, size, md5Hash })));
      page = nextPageToken;
    } while (page !== undefined && page !== "");
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names of all objects that begin with a prefix. */
  async names(prefix = ""): Promise<string[]> {
    return (await this.objects(prefix)).map(({ name }) => name);
  }

  /** The text of an object. */
  async read(name: string): Promise<string> {
    const { body } = await this.ask("GET", `${this.path}/o/${encodeURIComponent(name)}?alt=media`);
    return String(body);
  }

  /** Writes an object of text over whatever it was. */
  async write(name: string, text: string): Promise<void> {
    const query = new URLSearchParams({ uploadType: "media", name });
    await this.ask("POST", `${emulator}/upload/storage/v1/b/${this.name}/o?${query}`, text, "text/plain");
  }

  /** Removes it with all its objects; a bucket that isn't there is removed already. */
  async remove(): Promise<void> {
    try {
      for (const name of await this.names())
        await this.ignoringAbsence(`${this.path}/o/${encodeURIComponent(name)}`);
      await this.ignoringAbsence(this.path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  private async ignoringAbsence(path: string): Promise<void> {
    await this.ask("DELETE", path).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /** Asks the emulator, and for a minute again if it does not answer: on a busy machine it is not ready now and then. */
  private async ask(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<Answer> {
    const until = Date.now() + 60_000;
    for (;;) {
      try {
        return await this.cluster.raw(method, path, body, { contentType });
      } catch (error) {
        if (!isPassing(error) || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  private get path(): string {
    return `${emulator}/storage/v1/b/${this.name}`;
  }
}
