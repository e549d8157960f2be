import { once } from "node:events";
import { createServer, IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { MadeUpAnswer } from "./answers";
import { type BatchPart, readBatch, writeBatch } from "./batch";
import { readAll, readHead } from "./content";
import { Gate, passedOn, type RecordedCall, statusOf } from "./gate";
import type { Judge } from "./iam";
import { batchPath } from "./permissions";

export type { RecordedCall } from "./gate";

/** What {@link startGcsProxy} may be told. */
export interface GcsProxyOptions {
  /** URL of the server with the objects. */
  readonly upstream: string;
  /** Address to listen on; the port is a free one. */
  readonly listen: string;
  /** Judges each permission that a call needs. Default: everything is allowed. */
  readonly allows?: Judge;
  /** Who calls, for error messages. */
  readonly member?: string;
}

/** A proxy in front of an object store: it stands for one identity. */
export interface GcsProxy {
  /** Value of STORAGE_EMULATOR_HOST for those who are this identity. */
  readonly url: string;
  /** Every call since the start, or since {@link GcsProxy.forget}, in the order of the answers. */
  readonly calls: readonly RecordedCall[];
  /** Denies permissions from now on, whatever the judge says. */
  deny(...permissions: readonly string[]): void;
  /** Takes back all that was denied; the judge stays. */
  allowAll(): void;
  /** Puts another judge in place. */
  judgeBy(allows: Judge): void;
  /** Forgets the calls so far, and returns them. */
  forget(): readonly RecordedCall[];
  /** Ends it, and every connection to it. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy that asks, before a call of the Cloud Storage API goes on to an emulator, whether IAM would allow it:
 * emulators allow everything. Denied calls are answered as Cloud Storage would answer them. Contents of objects are
 * passed on as they come, whatever their size.
 */
export async function startGcsProxy(options: GcsProxyOptions): Promise<GcsProxy> {
  const { upstream, listen, member = "The caller", allows = () => true } = options;
  const gate = new Gate(upstream, member, allows);
  const server = createServer((request, response) => {
    handle(gate, request, response).catch(() => response.destroy());
  });
  // A base backup may take as long as it takes.
  server.requestTimeout = 0;
  server.listen(0, listen);
  await once(server, "listening");
  return {
    url: `http://${listen}:${(server.address() as AddressInfo).port}`,
    get calls() {
      return gate.calls;
    },
    deny: (...permissions) => gate.deny(...permissions),
    allowAll: () => gate.allowAll(),
    judgeBy: (judge) => gate.judgeBy(judge),
    forget: () => gate.forget(),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(gate: Gate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const base = `http://${request.headers.host}`;
  const { method = "GET", headers } = request;
  const target = local(request.url ?? "/");
  if (method === "POST" && target.split("?")[0] === batchPath)
    return handleBatch(gate, request, response, base);

  const answer = await gate.answer({
    request: { method, target, headers },
    base,
    batch: false,
    read: async (needed) => {
      const { content, read, ended } = await readHead(request, needed, headers["content-type"]);
      return { content, outgoing: { head: read, ...(!ended && { rest: request }) } };
    },
  });
  if (answer instanceof IncomingMessage) {
    response.writeHead(statusOf(answer), passedOn(answer.headers));
    return pipeline(answer, response);
  }
  // What is still being sent is read to its end, or the client would find the connection broken instead of the answer.
  request.resume();
  response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
  response.end(method === "HEAD" ? undefined : answer.body);
}

async function handleBatch(
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
  base: string,
): Promise<void> {
  const parts = readBatch(request.headers["content-type"], await readAll(request));
  const answers: MadeUpAnswer[] = [];
  // One after the other, and not as a batch: the emulator leaves out parts that have no Content-ID, as Barman's.
  for (const part of parts) answers.push(await answerPart(gate, part, base));
  const { contentType, content } = writeBatch(parts, answers);
  response.writeHead(200, { "content-type": contentType, "content-length": content.length });
  response.end(content);
}

async function answerPart(gate: Gate, part: BatchPart, base: string): Promise<MadeUpAnswer> {
  const { method, headers, body } = part;
  const answer = await gate.answer({
    request: { method, target: local(part.target), headers },
    base,
    batch: true,
    read: async (needed) => ({
      content: needed === "json" ? JSON.parse(body.toString("utf8")) : {},
      outgoing: { head: body },
    }),
  });
  if (!(answer instanceof IncomingMessage)) return answer;
  const type = answer.headers["content-type"];
  return {
    status: statusOf(answer),
    headers: type === undefined ? {} : { "content-type": type },
    body: await readAll(answer),
  };
}

/** Path and query of what may be a whole URL. */
function local(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/, "");
}
