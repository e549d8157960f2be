import { CLUSTER } from "../core/cluster";
import { alsoAt, type HbaItems, hbaOf, isLoopback } from "../core/hba";
import { type Fix, resourceRule } from "../core/rule";
import type { View } from "../core/view";

export default resourceRule({
  id: "cnpg-hba-weak",
  title: "Lines of pg_hba ask for scram-sha-256 or a certificate.",
  severity: "medium",
  tags: ["security"],
  why: "An md5 hash is as good as the password for whoever reads it, and md5 is deprecated since Postgres 18; password sends it in clear text. Lines for local never match: CNPG puts `local all all peer` before them.",
  remedy: "Write scram-sha-256, and remove lines for local.",
  url: "https://www.postgresql.org/docs/current/auth-password.html",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    const weak: { readonly at: View; readonly method: string; readonly fixes: readonly Fix[] }[] = [];
    const dead: { readonly at: View; readonly fixes: readonly Fix[] }[] = [];
    for (const items of hbaOf(resource))
      part(() => {
        for (const { type, address, method } of items.lines()) {
          const fixes = fixesOf(items, type, method);
          if (type === "local") dead.push({ at: items.at, fixes });
          else if (method === "md5" || method === "password" || (method === "trust" && isLoopback(address)))
            weak.push({ at: items.at, method, fixes });
        }
      });
    const [first] = weak;
    if (first !== undefined)
      report(
        first.at,
        first.method === "md5"
          ? `has the method md5, which asks for scram-sha-256 only where the password is stored so. Write scram-sha-256${alsoAt(weak.map(({ at }) => at))}.`
          : `has the method ${first.method}. Write scram-sha-256${alsoAt(weak.map(({ at }) => at))}.`,
        allOf(weak),
      );
    const [useless] = dead;
    if (useless !== undefined)
      report(
        useless.at,
        `never matches: CNPG's own line "local all all peer" stands before it. Remove it${alsoAt(dead.map(({ at }) => at))}.`,
        allOf(dead),
      );
  },
});

/** The changes that mend all lines; none where one of them has no single right value. */
const allOf = (lines: readonly { readonly fixes: readonly Fix[] }[]): Fix[] =>
  lines.some(({ fixes }) => fixes.length === 0) ? [] : lines.flatMap(({ fixes }) => fixes);

/** The same line with scram-sha-256; none where the method is a word of more than one meaning, or an item is not one line. */
function fixesOf({ at }: HbaItems, type: string, method: string): Fix[] {
  if (at.unknown) return [];
  const text = at.text() ?? "";
  if (/[\n\\]/.test(text)) return [];
  if (type === "local") return [{ path: at.path, remove: true }];
  const words = text.split(/(\s+)/);
  const places = words.flatMap((word, i) => (word.toLowerCase() === method ? [i] : []));
  const [place] = places;
  if (places.length !== 1 || place === undefined || method === "trust") return [];
  return [{ path: at.path, value: words.with(place, "scram-sha-256").join("") }];
}
