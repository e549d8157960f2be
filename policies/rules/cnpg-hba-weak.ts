import { CLUSTER } from "../core/cluster";
import { alsoAt, hbaOf, isLoopback } from "../core/hba";
import { resourceRule } from "../core/rule";
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
    const weak: { readonly at: View; readonly method: string }[] = [];
    const dead: View[] = [];
    for (const items of hbaOf(resource))
      part(() => {
        for (const { type, address, method } of items.lines()) {
          if (type === "local") dead.push(items.at);
          else if (method === "md5" || method === "password" || (method === "trust" && isLoopback(address)))
            weak.push({ at: items.at, method });
        }
      });
    const [first] = weak;
    if (first !== undefined)
      report(
        first.at,
        first.method === "md5"
          ? `has the method md5, which asks for scram-sha-256 only where the password is stored so. Write scram-sha-256${alsoAt(weak.map(({ at }) => at))}.`
          : `has the method ${first.method}. Write scram-sha-256${alsoAt(weak.map(({ at }) => at))}.`,
      );
    const [useless] = dead;
    if (useless !== undefined)
      report(
        useless,
        `never matches: CNPG's own line "local all all peer" stands before it. Remove it${alsoAt(dead)}.`,
      );
  },
});
