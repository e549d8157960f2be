import { distance } from "fastest-levenshtein";

/** The known name that somebody may have meant: at most two letters apart, one in a short name, whatever their case. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = name.length < 5 ? 1 : 2;
  return known.find((each) => distance(each.toLowerCase(), name.toLowerCase()) <= most);
}

/** What to say of a setting that there is not. */
export const unknownSetting = (name: string, known: readonly string[]): string =>
  unknownWord("setting", name, known);

/** What to say of a word of a kind that there is not: the one that was probably meant, or the five nearest. */
export function unknownWord(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `There is no such ${kind}. Did you mean ${near}?`;
  const far = (each: string) => distance(each.toLowerCase(), name.toLowerCase());
  const five = [...known].sort((a, b) => far(a) - far(b)).slice(0, 5);
  return known.length > five.length
    ? `There is no such ${kind}. The nearest that there are: ${five.join(", ")}`
    : `There is no such ${kind}. There are: ${known.join(", ")}`;
}
