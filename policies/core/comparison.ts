import { unsealed } from "./placeholder";
import type { Resource } from "./resource";

/** What both halves say, in the order in which people read it. */
const rows = [
  "backups",
  "ObjectStore ⇄ barmanObjectName",
  "KSA ⇄ IAM member",
  "KSA ⇄ IAM principal",
  "account ⇄ annotation",
  "bucket and prefix ⇄ destinationPath",
  "bucket ⇄ destinationPath",
  "roles ⇄ what Barman calls",
  "keys ⇄ s3Credentials",
  "what the store takes ⇄ checksums",
  "delete age > retention + interval",
  "schedule",
  "read grant ⇄ recovery source",
  "keys ⇄ recovery source",
  "own archive ≠ former generation",
  "source can't be written to",
  "export KSA ⇄ account",
  "export KSA ⇄ IAM principal",
  "export keys ⇄ store",
  "export role ⇄ folder",
  "export can't reach the backups",
  "import KSA ⇄ account",
  "import KSA ⇄ IAM principal",
  "import keys ⇄ store",
  "import role ⇄ folder",
  "import can't reach the backups",
] as const;

export type RowName = (typeof rows)[number];

/** `unknown`: one half is elsewhere, or a value is not known yet, so that nobody can tell. */
export type Verdict = "agrees" | "disagrees" | "unknown";

/** One thing that both halves of a cluster say. */
export interface Comparison {
  readonly what: RowName;
  /** What the cloud half says. */
  readonly cloud: string;
  /** What the cluster half says. */
  readonly cluster: string;
  readonly verdict: Verdict;
  /** What a person has to know of it, although nothing disagrees. */
  readonly note?: string;
}

/** A row as a rule begins it: see `StackJudging.compare`. */
export type Row = Omit<Comparison, "verdict"> & { readonly verdict?: Verdict };

/** Stands where one half says nothing. */
export const nothing = "—";

/** The rows of one Cluster. */
export interface Compared {
  readonly cluster: Resource;
  readonly rows: readonly Comparison[];
}

interface Open {
  readonly cluster: Resource;
  readonly row: Row;
  verdict: Verdict;
}

const worst = (a: Verdict, b: Verdict): Verdict =>
  (["disagrees", "unknown"] as const).find((one) => a === one || b === one) ?? "agrees";

/** Rows that rules begin. What they say of a row follows from what they report while the part lasts that began it. */
export class Comparing {
  private readonly begun: Open[] = [];
  private readonly parts: Open[][] = [];

  begin(cluster: Resource, row: Row): void {
    const written = { ...row, cloud: unsealed(row.cloud), cluster: unsealed(row.cluster) };
    const open = { cluster, row: written, verdict: row.verdict ?? "agrees" };
    this.begun.push(open);
    this.parts.at(-1)?.push(open);
  }

  /** Does a part of a rule's work, with which the rows end that it begins. */
  within(work: () => void): void {
    this.parts.push([]);
    try {
      work();
    } finally {
      this.parts.pop();
    }
  }

  /** Says of every row that has not ended what was found. */
  mark(verdict: Verdict): void {
    for (const open of this.parts.flat()) open.verdict = worst(open.verdict, verdict);
  }

  /** The rows of every one of the clusters. Rules may speak of one thing: what is worst counts. */
  of(clusters: readonly Resource[]): Compared[] {
    const byCluster = new Map(clusters.map((cluster) => [cluster, new Map<string, Comparison>()]));
    for (const { cluster, row, verdict } of this.begun) {
      const own = byCluster.get(cluster);
      const key = `${row.what}\0${row.cluster}`;
      const before = own?.get(key);
      if (before === undefined || worst(before.verdict, verdict) !== before.verdict)
        own?.set(key, { ...row, verdict });
    }
    return [...byCluster].map(([cluster, own]) => ({
      cluster,
      rows: [...own.values()].sort((a, b) => rows.indexOf(a.what) - rows.indexOf(b.what)),
    }));
  }
}
