/** The known name that somebody may have meant: at most two letters apart, one in a short name, whatever their case. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = name.length < 5 ? 1 : 2;
  return known.find((each) => distance(each.toLowerCase(), name.toLowerCase()) <= most);
}

/** What to say of a setting that there is not. */
export const unknownSetting = (name: string, known: readonly string[]): string =>
  unknownWord("setting", name, known);

/** What to say of a word of a kind that there is not. */
export function unknownWord(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined
    ? `There is no such ${kind}; here can stand ${known.join(", ")}`
    : `There is no such ${kind}; did you mean ${near}?`;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
