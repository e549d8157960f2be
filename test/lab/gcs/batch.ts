import { STATUS_CODES } from "node:http";
import type { MadeUpAnswer } from "./answers";

/** One call inside a batch. */
export interface BatchPart {
  /** As the client numbers it; Google's client for Python doesn't. */
  readonly contentId: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The boundary that a Content-Type names. */
export function boundaryOf(contentType: string | undefined): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new Error(`no boundary in the content type ${contentType ?? "(none)"}`);
  return boundary;
}

/** Takes a batch (multipart/mixed of application/http) apart. Lines may end in LF alone, as Python writes them. */
export function readBatch(contentType: string | undefined, content: Buffer): BatchPart[] {
  // Latin 1 keeps every byte as it is, so that a body comes out as it went in.
  const [, ...sections] = `\n${content.toString("latin1")}`.split(`\n--${boundaryOf(contentType)}`);
  const end = sections.findIndex((section) => section.startsWith("--"));
  if (end < 0) throw new Error("the batch has no end");
  return sections.slice(0, end).map(readPart);
}

function readPart(section: string): BatchPart {
  const outer = splitHeaders(section.replace(/^[ \t]*\r?\n/, ""));
  const call = splitHeaders(outer.rest, true);
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(call.first) ?? [];
  if (method === undefined || target === undefined)
    throw new Error(`no HTTP call in a part of the batch: ${call.first}`);
  return {
    contentId: outer.headers["content-id"],
    method,
    target,
    headers: call.headers,
    // The end of the last line belongs to the boundary behind it.
    body: Buffer.from(call.rest.replace(/\r?$/, ""), "latin1"),
  };
}

function splitHeaders(text: string, firstLine = false) {
  const found = /\r?\n\r?\n/.exec(text);
  const head = found === null ? text : text.slice(0, found.index);
  const lines = head.split(/\r?\n/).filter((line) => line !== "");
  const first = firstLine ? (lines.shift() ?? "") : "";
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  return { first, headers, rest: found === null ? "" : text.slice(found.index + found[0].length) };
}

/** Puts the answers to a batch together, in the order of its parts: clients count instead of looking at numbers. */
export function writeBatch(
  parts: readonly BatchPart[],
  answers: readonly MadeUpAnswer[],
): { contentType: string; content: Buffer } {
  const boundary = "batch_of_answers";
  const chunks = answers.flatMap(({ status, headers, body }, i): (string | Buffer)[] => [
    `--${boundary}\r\nContent-Type: application/http\r\n`,
    ...idOf(parts[i]?.contentId),
    `\r\nHTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`),
    `Content-Length: ${body.length}\r\n\r\n`,
    body,
    "\r\n",
  ]);
  return {
    contentType: `multipart/mixed; boundary="${boundary}"`,
    content: Buffer.concat(
      [...chunks, `--${boundary}--\r\n`].map((each) => (typeof each === "string" ? Buffer.from(each) : each)),
    ),
  };
}

function idOf(contentId: string | undefined): string[] {
  return contentId === undefined ? [] : [`Content-ID: ${contentId.replace("<", "<response-")}\r\n`];
}
