import { isUtf8 } from "node:buffer";
import { layoutOf } from "./fix/layout";
import { documentsOf } from "./fix/place";

/** A comment that takes findings of one rule out: `# cnpg-lint-ignore <rule>: <reason>`. */
export interface Ignore {
  readonly file: string;
  /** Where the comment is, from 1. */
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  /** The first and the last line whose findings it takes out. */
  readonly from: number;
  readonly to: number;
}

/** The comments of some files, and what is wrong with them; one line each. */
export interface Ignores {
  readonly ignores: readonly Ignore[];
  readonly problems: readonly string[];
}

const WORD = "cnpg-lint-ignore";
const FORM = "# cnpg-lint-ignore <rule>: <reason of ten characters or more>";

/** Collects the comments of files that are read. */
export class IgnoreReader implements Ignores {
  readonly ignores: Ignore[] = [];
  readonly problems: string[] = [];

  /** Looks through a file; most have none, which costs one look. */
  read(file: string, bytes: Buffer): void {
    if (!bytes.includes(WORD) || !isUtf8(bytes)) return;
    const documents = documentsOf(bytes.toString("utf8"));
    // Comments before a document marker, with nothing else: they are about what comes behind it.
    let ahead: Comment[] = [];
    for (const { text, line } of documents) {
      const lines = text.split("\n");
      const contents = lines.map((one) => !/^\s*(?:#|$)|^(?:---|\.\.\.)\s*(?:#|$)|^%/.test(one));
      const first = contents.indexOf(true);
      const comments = commentsOf(text).map((one) => ({ ...one, line: line + one.line }));
      if (first < 0) {
        ahead.push(...comments);
        continue;
      }
      const end = line + lines.length - 1;
      for (const one of ahead) this.add(file, one, line, end);
      ahead = [];
      for (const one of comments) {
        const at = one.line - line;
        if (at < first) this.add(file, one, line, end);
        else if (!one.alone) this.add(file, one, one.line, one.line);
        else {
          const next = contents.indexOf(true, at + 1);
          this.add(file, one, line + next, line + next);
        }
      }
    }
    for (const one of ahead) this.add(file, one, one.line, one.line);
  }

  private add(file: string, { line, says }: Comment, from: number, to: number): void {
    const [, ids, reason] = /^[ \t]+([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)[ \t]*:[ \t]*(.*)$/.exec(says) ?? [];
    if (ids === undefined || reason === undefined || reason.trim().length < 10) {
      const what = ids === undefined ? "can't be read" : "gives no reason of ten characters or more";
      this.problems.push(`${file}:${line}: this comment ${what}. Write ${FORM}`);
      return;
    }
    for (const rule of ids.split(","))
      this.ignores.push({ file, line, rule: rule.trim(), reason: reason.trim(), from, to });
  }
}

interface Comment {
  /** In the text, from 0; in the file, from 1. */
  readonly line: number;
  /** What stands behind the word. */
  readonly says: string;
  /** Nothing else is on its line. */
  readonly alone: boolean;
}

function commentsOf(text: string): Comment[] {
  const scalars = layoutOf(text)?.scalars;
  return [...text.matchAll(/(?<=^|\s)#[ \t]*cnpg-lint-ignore(?![\w-])([^\r\n]*)/gm)].flatMap((found) => {
    const before = text.slice(0, found.index);
    const alone = /(?:^|\n)[ \t]*$/.test(before);
    // In a text it is no comment; in what can't be read only a line of its own surely is one.
    const isComment =
      scalars === undefined
        ? alone
        : !scalars.some(({ start, end }) => start <= found.index && found.index < end);
    return isComment ? [{ line: before.split("\n").length - 1, says: found[1] ?? "", alone }] : [];
  });
}
