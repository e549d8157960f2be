import type { Readable } from "node:stream";
import { boundaryOf } from "./batch";
import type { CallContent, Needed } from "./permissions";

/** Descriptions of objects are small; whatever is longer is not one. */
const longestDescription = 1 << 20;

/** The beginning of a call's content, read to judge the call, and still to be sent on before the rest. */
export interface Head {
  readonly content: CallContent;
  readonly read: Buffer;
  /** Whether that was all of it. */
  readonly ended: boolean;
}

/**
 * Reads as much of a call's content as its permissions depend on: all of it if it is JSON, and of an upload in one go
 * (multipart/related) the first part, which describes the object. The rest stays in the stream, which is left paused.
 */
export async function readHead(
  stream: Readable,
  needed: Needed,
  contentType: string | undefined,
): Promise<Head> {
  if (needed === "nothing") return { content: {}, read: Buffer.alloc(0), ended: false };
  const boundary = needed === "multipart" ? boundaryOf(contentType) : undefined;
  const description = (read: Buffer) => firstPart(read.toString("utf8"), boundary ?? "");
  const { read, ended } = await readUntil(
    stream,
    (soFar) => boundary !== undefined && description(soFar) !== undefined,
  );
  const json = boundary === undefined ? read.toString("utf8") : description(read);
  if (json === undefined) throw new Error("the upload has no description of its object");
  return { content: json.trim() === "" ? {} : (JSON.parse(json) as CallContent), read, ended };
}

/** The first part without its headers, once the boundary behind it has come too. */
function firstPart(text: string, boundary: string): string | undefined {
  const parts = `\n${text}`.split(`\n--${boundary}`);
  return parts.length < 3 ? undefined : parts[1]?.replace(/^[\s\S]*?\r?\n\r?\n/, "");
}

/** Everything up to where it is enough, at most a description's length; then no more is asked of the stream. */
function readUntil(
  stream: Readable,
  enough: (read: Buffer) => boolean,
): Promise<{ read: Buffer; ended: boolean }> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = (then: () => void): void => {
      stream.off("data", more).off("end", end).off("error", fail).pause();
      then();
    };
    const end = (): void => settle(() => resolve({ read, ended: true }));
    const fail = (error: Error): void => settle(() => reject(error));
    const more = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk]);
      if (enough(read)) settle(() => resolve({ read, ended: false }));
      else if (read.length > longestDescription)
        fail(new Error("the description of the object does not end"));
    };
    stream.on("data", more).on("end", end).on("error", fail);
  });
}

/** All of a stream, for content that is known to be small. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
