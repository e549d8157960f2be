import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** A method of a service as generated code describes it. */
export interface UnaryMethod {
  /** `/<service>/<method>`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (response: never) => Uint8Array;
}

/** What answers a call: with an error, or with a response. */
export type UnaryHandler = (
  call: { readonly request: unknown },
  reply: (error: unknown, response?: unknown) => void,
) => void;

/** gRPC's codes of those errors that arise here. */
const code = { unknown: 2, unimplemented: 12, internal: 13 } as const;

/**
 * A gRPC server on this machine for calls of one message each way, over Node's HTTP/2 (gRPC, "PROTOCOL-HTTP2"): no more
 * than a policy host needs, under the names that grpc-js has for it. That library takes half a millisecond longer for each
 * call, which made up most of what a policy pack costs: the engine asks two calls of each resource and waits for both.
 */
export class UnaryServer {
  private readonly methods = new Map<
    string,
    { readonly method: UnaryMethod; readonly handle: UnaryHandler }
  >();

  addService(
    service: Readonly<Record<string, UnaryMethod>>,
    handlers: Readonly<Record<string, UnaryHandler | undefined>>,
  ): void {
    for (const [name, method] of Object.entries(service)) {
      const handle = handlers[name];
      if (handle === undefined) continue;
      if (method.requestStream || method.responseStream)
        throw new Error(`${method.path} has more than one message`);
      this.methods.set(method.path, { method, handle });
    }
  }

  /** Listens at a free port. The arguments for address and credentials are grpc-js's; it is this machine, without TLS. */
  bindAsync(
    _address: string,
    _credentials: unknown,
    done: (error: Error | null, port: number) => void,
  ): Http2Server {
    const server = createServer({ settings: { initialWindowSize: 1 << 22 } });
    server.on("stream", (stream, headers) => this.serve(stream, String(headers[":path"])));
    // A connection that breaks is the engine's end, or its next attempt.
    server.on("sessionError", () => {});
    server.once("error", (error) => done(error, 0));
    server.listen(0, "127.0.0.1", () => done(null, (server.address() as AddressInfo).port));
    return server;
  }

  private serve(stream: ServerHttp2Stream, path: string): void {
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const found = this.methods.get(path);
      if (found === undefined) return fail(stream, code.unimplemented, `there is no ${path}`);
      const message = messageIn(Buffer.concat(chunks));
      if (message === undefined)
        return fail(stream, code.internal, "a message that is compressed, cut off, or more than one");
      const { method, handle } = found;
      try {
        handle({ request: method.requestDeserialize(message) }, (error, response) => {
          if (response === undefined) return failWith(stream, error);
          answer(stream, method.responseSerialize(response as never));
        });
      } catch (error) {
        failWith(stream, error);
      }
    });
  }
}

/** A message is preceded by whether it is compressed, in one byte, and by its length, in four. */
const prefix = 5;

function messageIn(body: Buffer): Buffer | undefined {
  const whole = body.length >= prefix && body[0] === 0 && body.readUInt32BE(1) === body.length - prefix;
  return whole ? body.subarray(prefix) : undefined;
}

function answer(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed) return;
  const head = Buffer.alloc(prefix);
  head.writeUInt32BE(message.length, 1);
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.concat([head, message]));
}

function failWith(stream: ServerHttp2Stream, error: unknown): void {
  const { code: given, details, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  fail(stream, typeof given === "number" ? given : code.unknown, String(details ?? message ?? error));
}

function fail(stream: ServerHttp2Stream, status: number, message: string): void {
  if (stream.destroyed) return;
  const headers = {
    ":status": 200,
    "content-type": "application/grpc",
    "grpc-status": String(status),
    // Through a buffer: half a character of two would be refused.
    "grpc-message": encodeURIComponent(Buffer.from(message).toString()),
  };
  stream.respond(headers, { endStream: true });
}
