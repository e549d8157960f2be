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

/** The JSON documents of a file: one in each line, or all of it. */
async function* documents(file: string): AsyncGenerator<{ value: unknown; line: number }> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  // Lines of one document that has more than one.
  let whole: string[] | undefined;
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (whole !== undefined) whole.push(text);
      else if (text.trim() !== "") {
        const value = parsed(text);
        if (value !== undefined) yield { value: value.json, line };
        else if (line > 1) throw new RecordedFlowsError(`${file}, line ${line}: no JSON; ${expected}`);
        else whole = [text];
      }
    }
  } catch (error) {
    if (error instanceof RecordedFlowsError) throw error;
    throw new RecordedFlowsError(`${file} can't be read: ${(error as Error).message}`);
  }
  if (whole === undefined) return;
  const value = parsed(whole.join("\n"));
  if (value === undefined) throw new RecordedFlowsError(`${file}: no JSON; ${expected}`);
  yield { value: value.json, line: 1 };
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
