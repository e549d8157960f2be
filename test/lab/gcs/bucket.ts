/** What the owner of the emulator does to a bucket in it, past every proxy. */
export class EmulatorBucket {
  constructor(
    private readonly emulator: string,
    readonly name: string,
  ) {}

  /** Makes the bucket, empty. */
  async create(): Promise<void> {
    await this.remove();
    await this.ask("POST", "/storage/v1/b?project=lab", JSON.stringify({ name: this.name }));
  }

  /** Removes the bucket with all that is in it; nothing happens if there is none. */
  async remove(): Promise<void> {
    for (const object of await this.list()) await this.ask("DELETE", this.path(object), undefined, [404]);
    await this.ask("DELETE", `/storage/v1/b/${this.name}`, undefined, [404]);
  }

  /** Names of the objects below a prefix, sorted. */
  async list(prefix = ""): Promise<string[]> {
    const names: string[] = [];
    let page = "";
    do {
      const query = new URLSearchParams({ prefix, ...(page !== "" && { pageToken: page }) });
      const text = await this.ask("GET", `/storage/v1/b/${this.name}/o?${query}`, undefined, [404]);
      const { items = [], nextPageToken = "" } = JSON.parse(text) as {
        items?: { name: string }[];
        nextPageToken?: string;
      };
      names.push(...items.map(({ name }) => name));
      page = nextPageToken;
    } while (page !== "");
    return names.sort();
  }

  /** The content of an object, as text. */
  read(object: string): Promise<string> {
    return this.ask("GET", `${this.path(object)}?alt=media`);
  }

  /** Writes an object. */
  async write(object: string, content: string): Promise<void> {
    const query = new URLSearchParams({ uploadType: "media", name: object });
    await this.ask("POST", `/upload/storage/v1/b/${this.name}/o?${query}`, content);
  }

  private path(object: string): string {
    return `/storage/v1/b/${this.name}/o/${encodeURIComponent(object)}`;
  }

  private async ask(method: string, path: string, body?: string, also: readonly number[] = []) {
    const answer = await fetch(`${this.emulator}${path}`, { method, ...(body !== undefined && { body }) });
    const text = await answer.text();
    if (!answer.ok && !also.includes(answer.status))
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }
}
