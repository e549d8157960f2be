import { IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import {
  addressThroughProxy,
  denied,
  failed,
  type MadeUpAnswer,
  sessionOfAddress,
  throughProxy,
} from "./answers";
import { readAll } from "./content";
import type { Judge } from "./iam";
import {
  type Access,
  type CallContent,
  callOf,
  type GcsCall,
  type GcsRequest,
  type Needed,
  neededOf,
} from "./permissions";
import { type Outgoing, Upstream } from "./upstream";

/** A call that was answered. */
export interface RecordedCall {
  /** When it came. */
  readonly time: Date;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** See {@link GcsCall.operation}; `unknown` if it is none that can be judged. */
  readonly operation: string;
  /** What the call needed permission for; the one of overwriting only where there was something to overwrite. */
  readonly accesses: readonly Access[];
  /** The permissions among those. */
  readonly permissions: readonly string[];
  /** Bucket of the object that the call is about: of a copy, the target. */
  readonly bucket: string;
  readonly object?: string;
  /** With a listing, what was asked for. */
  readonly prefix?: string;
  readonly status: number;
  /** The permission for whose lack the call was denied here. */
  readonly denied?: string;
  /** Whether it came as a part of a batch. */
  readonly batch: boolean;
}

/** A call's content: what of it was asked for, and what is to be sent on. */
export interface Content {
  readonly content: CallContent;
  readonly outgoing: Pick<Outgoing, "head" | "rest">;
}

/** A call as it came, and what it takes to answer it. */
export interface Arrival {
  readonly request: GcsRequest;
  /** Address of the proxy as the client knows it. */
  readonly base: string;
  readonly batch: boolean;
  /** Reads as much of the content as is needed. */
  readonly read: (needed: Needed) => Promise<Content>;
}

/** An answer: made up here, or the server's, whose body is still to be read. */
export type Answer = MadeUpAnswer | IncomingMessage;

/** What stands between clients and a server: judges each call, sends it on if it may pass, and records it. */
export class Gate {
  private readonly recorded: RecordedCall[] = [];
  private readonly refused = new Set<string>();
  /** What the uploads that are under way are writing. */
  private readonly sessions = new Map<string, Access>();
  private readonly upstream: Upstream;

  constructor(
    upstream: string,
    private readonly member: string,
    private allows: Judge,
  ) {
    this.upstream = new Upstream(upstream);
  }

  get calls(): readonly RecordedCall[] {
    return this.recorded;
  }

  deny(...permissions: readonly string[]): void {
    for (const permission of permissions) this.refused.add(permission);
  }

  allowAll(): void {
    this.refused.clear();
  }

  judgeBy(allows: Judge): void {
    this.allows = allows;
  }

  forget(): readonly RecordedCall[] {
    return this.recorded.splice(0);
  }

  /** Answers a call, whatever comes of it. */
  async answer(arrival: Arrival): Promise<Answer> {
    const time = new Date();
    let call: GcsCall = { operation: "unknown", accesses: [], media: false };
    try {
      const { content, outgoing } = await arrival.read(neededOf(arrival.request));
      call = callOf(arrival.request, content);
      call = { ...call, accesses: await this.asked(call.accesses) };
      const lacks = call.accesses.find((access) => !this.may(access, time));
      if (lacks !== undefined) return this.deniedFor(lacks, arrival, call, time);
      const answer = await this.send(arrival, call, outgoing);
      const list = this.unlisted(call, statusOf(answer), time);
      if (list === undefined) return this.record(arrival, call, time, answer);
      if (answer instanceof IncomingMessage) answer.resume();
      return this.deniedFor(list, arrival, call, time);
    } catch (error) {
      return this.record(arrival, call, time, failed(call.operation === "unknown" ? 501 : 502, error));
    }
  }

  private may(access: Access, time: Date): boolean {
    return !this.refused.has(access.permission) && this.allows(access, time);
  }

  /** Without those accesses that only something that is there would need. */
  private async asked(accesses: readonly Access[]): Promise<Access[]> {
    const asked: Access[] = [];
    for (const { ifExists, ...access } of accesses) {
      if (ifExists !== true || (await this.upstream.has(access.bucket, access.object ?? "")))
        asked.push(access);
    }
    return asked;
  }

  /** Whom may not list, Cloud Storage does not tell that there is no such object: it says 403 instead of 404. */
  private unlisted(call: GcsCall, status: number, time: Date): Access | undefined {
    const [access] = call.accesses;
    if (status !== 404 || call.operation !== "objects.get" || access === undefined) return undefined;
    const list: Access = { permission: "storage.objects.list", bucket: access.bucket, prefix: "" };
    return this.may(list, time) ? undefined : list;
  }

  private deniedFor(lacks: Access, arrival: Arrival, call: GcsCall, time: Date): Answer {
    return this.record(arrival, call, time, denied(this.member, lacks), lacks.permission);
  }

  private async send(
    { request, base }: Arrival,
    call: GcsCall,
    outgoing: Content["outgoing"],
  ): Promise<Answer> {
    const { method, target } = request;
    const answer = await this.upstream.send({ ...outgoing, method, target, headers: headersOf(request) });
    const { location } = answer.headers;
    if (location !== undefined) {
      const [session, [written]] = [sessionOfAddress(location), call.accesses];
      if (session !== undefined && written !== undefined) this.sessions.set(session, written);
      answer.headers.location = addressThroughProxy(location, base);
    }
    const json = answer.headers["content-type"]?.startsWith("application/json") ?? false;
    if (call.media || !json || method === "HEAD") return answer;
    const text = (await readAll(answer)).toString("utf8");
    return {
      status: statusOf(answer),
      headers: withoutLength(passedOn(answer.headers)),
      body: Buffer.from(throughProxy(text, base)),
    };
  }

  private record(
    { request, batch }: Arrival,
    call: GcsCall,
    time: Date,
    answer: Answer,
    lacks?: string,
  ): Answer {
    const written = call.accesses.find((access) => access.permission === "storage.objects.create");
    const about = this.sessions.get(call.session ?? "") ?? written ?? call.accesses[0];
    this.recorded.push({
      time,
      method: request.method,
      target: request.target,
      operation: call.operation,
      accesses: call.accesses,
      permissions: [...new Set(call.accesses.map((access) => access.permission))],
      bucket: about?.bucket ?? "",
      ...(about?.object !== undefined && { object: about.object }),
      ...(about?.prefix !== undefined && { prefix: about.prefix }),
      status: statusOf(answer),
      ...(lacks !== undefined && { denied: lacks }),
      batch,
    });
    return answer;
  }
}

/** The status of either kind of answer. */
export function statusOf(answer: Answer): number {
  return answer instanceof IncomingMessage ? (answer.statusCode ?? 0) : answer.status;
}

/** Headers that are about one connection, and not about the call. */
const ofConnection = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host)$/;

/** Headers of an answer, to be passed on. */
export function passedOn(headers: IncomingMessage["headers"]): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => !ofConnection.test(name) && value !== undefined,
  );
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}

function withoutLength({ "content-length": _, ...headers }: ReturnType<typeof passedOn>): typeof headers {
  return headers;
}

function headersOf({ target, headers = {} }: GcsRequest): OutgoingHttpHeaders {
  const chunked = headers["transfer-encoding"] === "chunked";
  return {
    ...passedOn(headers),
    ...(chunked && { "transfer-encoding": "chunked" }),
    // Descriptions are read on their way back. Media comes as it is stored, whatever is accepted.
    "accept-encoding": "identity",
    // The emulator takes the paths of the XML API for bucket and object only at Cloud Storage's own name.
    ...(!/^\/(?:storage|upload|download|resumable)\//.test(target) && { host: "storage.googleapis.com" }),
  };
}
