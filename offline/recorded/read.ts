import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Connection, isRecord, type Skipped } from "./connection";
import { RecordedFlowsError } from "./error";
import { googleConnection, isGoogle } from "./google";
import { hubbleConnection, isHubble } from "./hubble";

const expected =
  "expected what `hubble observe --output json` prints, or `gcloud logging read --format json` of VPC Flow Logs or network policy logs";

/**
 * Reads recorded connections, one after the other: JSON line by line, or one array.
 *
 * @param file path; `-` is the standard input
 * @throws RecordedFlowsError for what is no JSON, or of another kind
 */
export async function* recordedConnections(file: string): AsyncGenerator<Connection | Skipped> {
  let number = 0;
  for await (const { value, line } of documents(file)) {
    for (const record of Array.isArray(value) ? value : [value]) {
      number += 1;
      const where = Array.isArray(value) ? `entry ${number}` : `line ${line}`;
      if (!isRecord(record)) throw new RecordedFlowsError(`${file}, ${where}: ${expected}`);
      if (isHubble(record)) yield hubbleConnection(record);
      else if (isGoogle(record)) yield googleConnection(record);
      else throw new RecordedFlowsError(`${file}, ${where}: ${expected}`);
    }
  }
}

/** The JSON documents of a file: one in each line, or each over several lines, as jq writes them. */
async function* documents(file: string): AsyncGenerator<{ value: unknown; line: number }> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  // Lines of a document that is not whole yet, and the number of the first.
  let begun: string[] = [];
  let [line, first] = [0, 1];
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (begun.length === 0) first = line;
      if (begun.length === 0 && text.trim() === "") continue;
      begun.push(line === 1 ? text.replace(/^\uFEFF/, "") : text);
      // A document of several lines ends where its first one began: at the margin, or with the entry that begins there.
      if (begun.length > 1 && !/^[\]}]|^\S.*\]\s*$/.test(text)) continue;
      const value = parsed(begun.join("\n"));
      if (value !== undefined) {
        begun = [];
        yield { value: value.json, line: first };
      } else if (!/^\s*([[{]\s*$|\[)/.test(begun[0] ?? ""))
        throw new RecordedFlowsError(`${file}, line ${line}: no JSON; ${expected}`);
    }
  } catch (error) {
    if (error instanceof RecordedFlowsError) throw error;
    throw new RecordedFlowsError(`${file} can't be read: ${(error as Error).message}`);
  }
  if (begun.length > 0) throw new RecordedFlowsError(`${file}, from line ${first} on: no JSON; ${expected}`);
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
