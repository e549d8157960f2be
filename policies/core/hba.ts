import { hasPlaceholder } from "./placeholder";
import type { Resource } from "./resource";
import type { View } from "./view";

/** A line of pg_hba.conf, as far as rules read it. */
export interface HbaLine {
  /** `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc` or `local`. */
  readonly type: string;
  /** Where clients are; empty for `local`. With a separate mask both, and a slash between them. Throws for a placeholder. */
  readonly address: string;
  /** `scram-sha-256`, `trust`, `md5`... Throws for a placeholder. */
  readonly method: string;
}

/** Items of `spec.postgresql.pg_hba` that belong together: one, or more where a backslash at the end continues a line. */
export interface HbaItems {
  /** The first of them. */
  readonly at: View;
  /** What they hold: mostly one line. Comments and what is no rule are left out. Throws if one of them is not known yet. */
  lines(): HbaLine[];
}

/** The lines of a cluster's pg_hba, as CNPG writes them: an item after the other. */
export function hbaOf(cluster: Resource): HbaItems[] {
  const groups: View[][] = [];
  let goesOn = false;
  for (const item of cluster.view.list("spec", "postgresql", "pg_hba")) {
    if (goesOn) groups.at(-1)?.push(item);
    else groups.push([item]);
    goesOn = item.form === "scalar" && /\\\r?$/.test(item.scalar() ?? "");
  }
  return groups.flatMap((items) => {
    const [at] = items;
    return at ? [{ at, lines: () => readHba(items.map((item) => item.partial() ?? "").join("\n"), at) }] : [];
  });
}

/** Reads lines as Postgres does: a backslash at the end continues one, and a quoted word means what it does without quotes. */
function readHba(text: string, at: View): HbaLine[] {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\\\n", "").split("\n");
  return lines.flatMap((line) => {
    // Quoted words may hold spaces, commas and `#`; a quote that is not closed goes to the end of the line.
    const words = [
      ...line.matchAll(/#.*|(?:"[^"]*(?:"|$)|[^\s",#])+(?:,\s*(?:"[^"]*(?:"|$)|[^\s",#])+)*/g),
    ].map(([word]) => word);
    const end = words.findIndex((word) => word.startsWith("#"));
    const [first, , , address, ...rest] = (end < 0 ? words : words.slice(0, end)).map(bare);
    const type = first ?? "";
    if (hasPlaceholder(type)) throw at.undecided;
    if (type === "local") return [new Line(type, "", address ?? "", at)];
    if (!/^host(ssl|nossl|gssenc|nogssenc)?$/.test(type)) return [];
    const [mask = "", afterMask = ""] = rest;
    const separate = /^[\d.]+$|^[\da-f:]*:[\da-f:.]*$/.test(mask);
    return [
      new Line(type, separate ? `${address}/${mask}` : (address ?? ""), separate ? afterMask : mask, at),
    ];
  });
}

class Line implements HbaLine {
  constructor(
    readonly type: string,
    private readonly from: string,
    private readonly by: string,
    private readonly at: View,
  ) {}

  get address(): string {
    return this.decided(this.from);
  }

  get method(): string {
    return this.decided(this.by);
  }

  private decided(word: string): string {
    if (hasPlaceholder(word)) throw this.at.undecided;
    return word;
  }
}

/** Whether clients at the address are in the instance's own pod. */
export function isLoopback(address: string): boolean {
  return /^(127(\.\d+){3}\/(([89]|[12]\d|3[0-2])|255\.[\d.]+)|::1\/(128|ffff:[\da-f:]+)|localhost)$/.test(
    address,
  );
}

function bare(word = ""): string {
  return word.replaceAll('"', "").toLowerCase();
}
