import { CLUSTER } from "../core/cluster";
import { type HbaItems, hbaOf, isLoopback } from "../core/hba";
import { type Fix, resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-hba-weak",
  title: "Lines of pg_hba ask for scram-sha-256 or a certificate.",
  severity: "medium",
  tags: ["security"],
  why: "An md5 hash is as good as the password for whoever reads it, and md5 is deprecated since Postgres 18; password sends it in clear text. Lines for local never match: CNPG puts `local all all peer` before them.",
  remedy: "Write scram-sha-256, and take lines for local away.",
  url: "https://www.postgresql.org/docs/current/auth-password.html",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    for (const items of hbaOf(resource))
      part(() => {
        for (const { type, address, method } of items.lines()) {
          const trusted = method === "trust" && (type === "local" || isLoopback(address));
          if (!trusted && method !== "md5" && method !== "password") continue;
          report(
            items.at,
            type === "local"
              ? `has the method ${method}, and never matches: CNPG's own line for local stands before it. Take it away.`
              : `has the method ${method}. Write scram-sha-256.`,
            fixesOf(items, type, method),
          );
        }
      });
  },
});

/** The same line with scram-sha-256; none where the method is a word of more than one meaning, or an item is not one line. */
function fixesOf({ at }: HbaItems, type: string, method: string): Fix[] {
  const text = at.text() ?? "";
  if (/[\n\\]/.test(text)) return [];
  if (type === "local") return [{ path: at.path, remove: true }];
  const words = text.split(/(\s+)/);
  const places = words.flatMap((word, i) => (word.toLowerCase() === method ? [i] : []));
  const [place] = places;
  if (places.length !== 1 || place === undefined || method === "trust") return [];
  return [{ path: at.path, value: words.with(place, "scram-sha-256").join("") }];
}
