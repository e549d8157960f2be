import { CLUSTER } from "../core/cluster";
import { hbaOf, isLoopback } from "../core/hba";
import { resourceRule } from "../core/rule";

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
          );
        }
      });
  },
});
