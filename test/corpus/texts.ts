import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CorpusSet } from "./list";

/** Reads one file of a set; throws with a reason that a person can read. */
export type Source = (set: CorpusSet, path: string) => Promise<Buffer>;

/** The texts of an earlier `--keep`: `<folder>/<id>/<path>`. */
export const folderSource =
  (folder: string): Source =>
  async ({ id }, path) => {
    try {
      return readFileSync(join(folder, id, path));
    } catch (error) {
      throw new Error(
        (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not in the folder" : `${error}`,
      );
    }
  };

const TIMEOUT = 20_000;

/** The files at their commits, by their raw addresses. Where one can't be reached, no further one is asked for. */
export function githubSource(get: typeof fetch = fetch): Source {
  let unreachable: string | undefined;
  return async ({ repo, commit }, path) => {
    if (unreachable !== undefined) throw new Error(unreachable);
    const address = `https://raw.githubusercontent.com/${repo}/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
    let answer: Response;
    try {
      answer = await get(address, { signal: AbortSignal.timeout(TIMEOUT) });
    } catch (error) {
      unreachable = `GitHub can't be reached (${(error as Error).message})`;
      throw new Error(unreachable);
    }
    if (!answer.ok) throw new Error(`GitHub answers ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
}

/**
 * Puts a set into a folder.
 *
 * @returns why it can't be judged, if so: a set with one file missing would be another one
 */
export async function place(set: CorpusSet, source: Source, folder: string): Promise<string | undefined> {
  for (const [path, hash] of Object.entries(set.files)) {
    let text: Buffer;
    try {
      text = await source(set, path);
    } catch (error) {
      return `${path} ${(error as Error).message}`;
    }
    const found = createHash("sha256").update(text).digest("hex");
    if (found !== hash) return `${path} has another text: SHA-256 ${found}, expected ${hash}`;
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return undefined;
}
