import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A bad and a good example of a rule; manifests as YAML. */
export interface Examples {
  readonly bad: Example & {
    /** What the linter says of it. */
    readonly says: readonly string[];
  };
  readonly good: Example;
}

interface Example {
  /** What it is an example of, in a few words. */
  readonly name: string;
  readonly text: string;
  /** For a rule about changes: the manifests as they were. */
  readonly before?: string;
}

/** The examples of a rule; undefined where the package has none of it, as for what the reader finds. */
export function examplesOf(id: string): Examples | undefined {
  try {
    const file = join(dirname(__filename), "examples.json");
    return (JSON.parse(readFileSync(file, "utf8")) as Record<string, Examples>)[id];
  } catch {
    // From source, nothing has made them.
    return undefined;
  }
}
