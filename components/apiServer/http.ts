import { Agent, request } from "node:http";
import { type Cause, ClusterError } from "./errors";

/** An answer of the API server. */
export interface Answer {
  readonly status: number;
  /** The body: parsed if it is JSON, else as text. */
  readonly body: unknown;
  /** Texts of the `Warning` headers: what admission, deprecation and validation want people to know. */
  readonly warnings: readonly string[];
}

/** What is asked of the API server. */
export interface Question {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, such as `/api/v1/namespaces?limit=5`. */
  readonly path: string;
  /** Sent as it is if it is text, else as JSON. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Form of the answer. Default: `application/json`. */
  readonly accept?: string;
  /** Seconds without a sign of life after which the request is given up. Default: 60. */
  readonly timeout?: number;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

/** HTTP over a unix socket, with connections that are kept. */
export class Http {
  // Idle connections of an agent don't keep the process alive.
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(private readonly socket: string) {}

  /**
   * Asks, and returns a good answer.
   *
   * @throws ClusterError for every status of 400 or more, and with reason `NoAnswer` if there is none
   */
  async ask(question: Question): Promise<Answer> {
    const answer = await this.send(question, true);
    if (answer.status >= 400) throw refusal(question, answer);
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }

  private send(question: Question, mayRepeat: boolean): Promise<Answer> {
    const {
      method,
      path,
      body,
      contentType = "application/json",
      accept = "application/json",
      timeout = 60,
      signal,
    } = question;
    return new Promise((resolve, reject) => {
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const call = request(
        {
          agent: this.agent,
          socketPath: this.socket,
          method,
          path,
          // kubectl proxy answers to names of this machine only.
          headers: {
            host: "localhost",
            accept,
            ...(text !== undefined && {
              "content-type": contentType,
              "content-length": Buffer.byteLength(text),
            }),
          },
          ...(signal !== undefined && { signal }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", failed);
          response.once("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              body: parsed(Buffer.concat(chunks).toString(), response.headers["content-type"]),
              warnings: warningsOf(response.rawHeaders),
            }),
          );
        },
      );
      const failed = (error: NodeJS.ErrnoException) => {
        if (signal?.aborted) reject(new ClusterError(0, "Cancelled", `${method} ${bare(path)}: cancelled`));
        // A connection that was kept may be closed from the other side at the moment in which it is used again.
        else if (mayRepeat && call.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"))
          this.send(question, false).then(resolve, reject);
        else
          reject(
            new ClusterError(
              0,
              "NoAnswer",
              `${method} ${bare(path)}: no answer from the cluster: ${error.message}`,
            ),
          );
      };
      call.setTimeout(timeout * 1000, () => call.destroy(new Error(`nothing came for ${timeout} s`)));
      call.once("error", failed);
      call.end(text);
    });
  }
}

function bare(path: string): string {
  return path.split("?")[0] ?? path;
}

function parsed(text: string, type: string | undefined): unknown {
  if (!/\bjson\b/.test(type ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `299 - "text"`, with `\` before a quote in it (RFC 7234 5.5); there can be several in one header. */
function warningsOf(rawHeaders: readonly string[]): string[] {
  const found: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== "warning") continue;
    for (const [, quoted = ""] of (rawHeaders[i + 1] ?? "").matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g))
      found.push(quoted.replace(/\\(.)/g, "$1"));
  }
  return found;
}

function refusal({ method, path }: Question, { status, body }: Answer): ClusterError {
  const said = (typeof body === "object" && body !== null ? body : {}) as {
    readonly reason?: string;
    readonly message?: string;
    readonly details?: { readonly causes?: readonly Cause[] };
    /** Google's way to say it. */
    readonly error?: { readonly message?: string };
  };
  const text = typeof body === "string" ? body.trim().slice(0, 2000) : JSON.stringify(body);
  const message = said.message ?? said.error?.message ?? (text || `status ${status}`);
  // Kubernetes' own refusals name what they are about; those of a proxied service don't.
  const where = said.message === undefined ? `${method} ${bare(path)}: ` : "";
  return new ClusterError(
    status,
    said.reason ?? `Status${status}`,
    `${where}${message}`,
    said.details?.causes,
  );
}
