import { CLUSTER } from "../core/cluster";
import { alsoAt, hbaOf, isLoopback } from "../core/hba";
import { resourceRule } from "../core/rule";
import type { View } from "../core/view";

export default resourceRule({
  id: "cnpg-hba-trust",
  title: "No line of pg_hba lets clients in without proof of who they are.",
  severity: "high",
  tags: ["security"],
  why: "trust lets whoever reaches the port in as any role that the line names, often postgres, without a password.",
  remedy: "Write scram-sha-256 instead of trust, or cert with hostssl.",
  url: "https://www.postgresql.org/docs/current/auth-trust.html",
  types: [CLUSTER],
  judge({ resource, report, part }) {
    const found: View[] = [];
    for (const items of hbaOf(resource))
      part(() => {
        const trusts = items
          .lines()
          .some(
            ({ type, address, method }) => method === "trust" && type !== "local" && !isLoopback(address),
          );
        if (trusts) found.push(items.at);
      });
    const [first] = found;
    if (first !== undefined)
      report(first, `has the method trust: no password is asked for. Write scram-sha-256${alsoAt(found)}.`);
  },
});
