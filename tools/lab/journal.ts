import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * What a stack has made, or was about to make, noted before it is done. The engine's state learns of a thing after it was
 * made, so that a run that is killed in between would meet its own work as somebody else's.
 */
export class Journal {
  private readonly made = new Set<string>();

  /** @param file where it is kept; a line a note, so that a kill can't spoil what was there before. */
  constructor(private readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.startsWith("+ ")) this.made.add(line.slice(2));
      else if (line.startsWith("- ")) this.made.delete(line.slice(2));
    }
  }

  /** Whether this stack made it. */
  has(thing: string): boolean {
    return this.made.has(thing);
  }

  /** It is about to be made. */
  note(thing: string): void {
    if (this.made.has(thing)) return;
    appendFileSync(this.file, `+ ${thing}\n`);
    this.made.add(thing);
  }

  /** It is gone, or was never made. */
  forget(thing: string): void {
    if (!this.made.has(thing)) return;
    appendFileSync(this.file, `- ${thing}\n`);
    this.made.delete(thing);
  }
}
