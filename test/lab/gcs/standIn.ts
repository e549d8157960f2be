import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A stand-in for the emulator: enough of Cloud Storage to try the proxy. As the emulator does, it names itself, by an
 * address that clients can't reach, in all that it answers.
 */
export class StandIn {
  readonly objects = new Map<string, Buffer>();
  readonly seen: { method: string; url: string; host: string }[] = [];
  /** Set, it reads and writes contents of objects only once it is settled. */
  hold: Promise<void> | undefined;
  received = 0;
  private readonly server: Server = createServer((q, a) => void this.answer(q, a));
  private readonly name = "http://emulator.invalid:4443";

  async start(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(q: IncomingMessage, a: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(q.url ?? "", "http://x");
    this.seen.push({ method: q.method ?? "", url: q.url ?? "", host: q.headers.host ?? "" });
    const name = query.get("name") ?? decodeURIComponent(pathname.split("/o/")[1] ?? pathname.slice(3));
    if (pathname.startsWith("/upload/")) return this.upload(q, a, name, query);
    const content = this.objects.get(name);
    if (pathname.endsWith("/o")) {
      return this.json(a, { items: [...this.objects.keys()].map((each) => this.about(each)) });
    }
    if (content === undefined) return this.json(a, { error: { code: 404 } }, 404);
    if (q.method === "DELETE") {
      this.objects.delete(name);
      a.writeHead(204).end();
    } else if (query.get("alt") === "media" || !pathname.startsWith("/storage/")) {
      a.writeHead(200, { "content-type": "application/json", "content-length": content.length });
      await this.hold;
      for (let at = 0; at < content.length; at += 1 << 20) {
        if (!a.write(content.subarray(at, at + (1 << 20)))) await once(a, "drain");
        this.received += 1 << 20;
      }
      a.end();
    } else this.json(a, this.about(name));
  }

  private async upload(q: IncomingMessage, a: ServerResponse, given: string, query: URLSearchParams) {
    await this.hold;
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    for await (const chunk of q) {
      this.received += (chunk as Buffer).length;
      hash.update(chunk as Buffer);
      if (this.received < 1 << 20) chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    if (query.get("uploadType") === "resumable" && !query.has("upload_id")) {
      const { name } = JSON.parse(body.toString()) as { name: string };
      a.setHeader(
        "location",
        `${this.name}/upload/storage/v1/b/b/o?upload_id=7&name=${encodeURIComponent(name)}`,
      );
      return this.json(a, {});
    }
    const name = /"name": ?"([^"]+)"/.exec(body.toString())?.[1] ?? given;
    this.objects.set(name, body);
    this.json(a, { ...this.about(name), sha256: hash.digest("hex") });
  }

  private about(name: string): object {
    const path = `b/b/o/${encodeURIComponent(name)}`;
    return {
      name,
      selfLink: `${this.name}/storage/v1/${path}`,
      mediaLink: `${this.name}/download/storage/v1/${path}?alt=media`,
    };
  }

  private json(a: ServerResponse, body: object, status = 200): void {
    a.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}
