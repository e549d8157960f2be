import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readAll } from "./content";

/** A call on its way to the server behind the proxy. */
export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  /** What was read of the content before. */
  readonly head?: Buffer;
  /** The rest of it. */
  readonly rest?: Readable;
}

/** A server with the API of Cloud Storage. */
export class Upstream {
  constructor(private readonly address: string) {}

  /** Sends a call on; its answer is still to be read. Content is passed on as it comes, at the pace of the server. */
  send({ method, target, headers, head, rest }: Outgoing): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request(`${this.address}${target}`, { method, headers, agent: false });
      call.on("response", resolve).on("error", reject);
      if (head !== undefined && head.length > 0) call.write(head);
      if (rest === undefined) call.end();
      // A server that answers before it has read all (an error) closes the call: its answer counts, not that.
      else pipeline(rest, call).catch(() => call.destroy());
    });
  }

  /** A call with no stream, whose whole answer is wanted. */
  async whole(
    outgoing: Outgoing,
  ): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
    const answer = await this.send(outgoing);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await readAll(answer) };
  }

  /** Whether there is such an object now. */
  async has(bucket: string, object: string): Promise<boolean> {
    const target = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object)}?fields=name`;
    const { status } = await this.whole({ method: "GET", target, headers: {} });
    return status === 200;
  }
}
