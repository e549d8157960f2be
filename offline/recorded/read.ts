import { type Connection, isRecord, type Skipped } from "./connection";
import { documents } from "./documents";
import { RecordedFlowsError } from "./error";
import { googleConnection, isGoogle } from "./google";
import { hubbleConnection, isHubble } from "./hubble";

const expected =
  "expected what `hubble observe --output json` prints, or `gcloud logging read --format json` of VPC Flow Logs or network policy logs";

/**
 * Reads recorded connections, one after the other: JSON documents, or arrays of them.
 *
 * @param file path; `-` is the standard input
 * @throws RecordedFlowsError for what is no JSON, or of another kind
 */
export async function* recordedConnections(file: string): AsyncGenerator<Connection | Skipped> {
  let number = 0;
  for await (const { value, line } of documents(file, expected)) {
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
