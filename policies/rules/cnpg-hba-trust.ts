import { CLUSTER } from "../core/cluster";
import { hbaOf, isLoopback } from "../core/hba";
import { resourceRule } from "../core/rule";

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
    for (const items of hbaOf(resource))
      part(() => {
        for (const { type, address, method } of items.lines())
          if (method === "trust" && type !== "local" && !isLoopback(address))
            report(items.at, "has the method trust: no password is asked for. Write scram-sha-256.");
      });
  },
});
