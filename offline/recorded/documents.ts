import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { RecordedFlowsError } from "./error";

/**
 * The JSON documents of a file, and the line where each begins: one in each line, or over several lines, as jq and others write them.
 *
 * @param file path; `-` is the standard input
 * @param expected what the file should have, for a person
 * @throws RecordedFlowsError for what is no JSON, or can't be read
 */
export async function* documents(
  file: string,
  expected: string,
): AsyncGenerator<{ value: unknown; line: number }> {
  const none = (where: string) => new RecordedFlowsError(`${file}, ${where}: no JSON; ${expected}`);
  const input = file === "-" ? process.stdin : createReadStream(file);
  const document = new OpenDocument();
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      let rest = line === 1 ? text.replace(/^\uFEFF/, "") : text;
      while (document.begun ? rest !== "" : rest.trim() !== "") {
        const whole = document.begun ? undefined : parsed(rest);
        if (whole !== undefined) {
          yield { value: whole.json, line };
          break;
        }
        const end = document.take(rest, line);
        if (end === "broken") throw none(`line ${line}`);
        if (end === "open") break;
        const value = parsed(document.close());
        if (value === undefined) throw none(`line ${document.line}`);
        yield { value: value.json, line: document.line };
        rest = rest.slice(end);
      }
    }
  } catch (error) {
    if (error instanceof RecordedFlowsError) throw error;
    throw new RecordedFlowsError(`${file} can't be read: ${(error as Error).message}`);
  }
  if (document.begun) throw none(`from line ${document.line} on`);
}

/** A document that is not whole yet: it ends with the bracket that closes its first one. */
class OpenDocument {
  /** The line where it begins. */
  line = 0;
  #lines: string[] = [];
  #depth = 0;

  get begun(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes a line, or what of it belongs to the document: says where it ends. */
  take(text: string, line: number): number | "open" | "broken" {
    if (!this.begun) {
      if (!/^\s*[[{]/.test(text)) return "broken";
      this.line = line;
    }
    // A text of JSON ends in its own line.
    for (const { 0: found, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{}]/g)) {
      if (found.startsWith('"')) {
        if (!/^"[^"\\]*(?:\\.[^"\\]*)*"$/.test(found)) return "broken";
        continue;
      }
      this.#depth += found === "[" || found === "{" ? 1 : -1;
      if (this.#depth > 0) continue;
      this.#lines.push(text.slice(0, index + 1));
      return index + 1;
    }
    this.#lines.push(text);
    return "open";
  }

  /** The whole document; the next one begins after it. */
  close(): string {
    const whole = this.#lines.join("\n");
    this.#lines = [];
    this.#depth = 0;
    return whole;
  }
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
