import { CLUSTER } from "../core/cluster";
import { majorOf } from "../core/major";
import { changeRule } from "../core/rule";

export default changeRule({
  id: "cnpg-change-major-downgrade",
  title: "The major version of Postgres of a live Cluster does not go down.",
  severity: "critical",
  tags: ["change", "availability"],
  why: "An older Postgres can't read the data of a newer one. CNPG's webhook refuses the change; where that is switched off, or the resource is replaced, the cluster does not come up again.",
  remedy:
    "Write the version that the data have. For an older one create a new Cluster and import by bootstrap.initdb.import.",
  url: "https://cloudnative-pg.io/documentation/current/postgres_upgrades/",
  types: [CLUSTER],
  judge({ resource, before, report }) {
    const [was, is] = [majorOf(before), majorOf(resource)];
    if (was === undefined || is === undefined || is.major >= was.major) return;
    report(is.at, `goes from Postgres ${was.major} down to ${is.major}. Write ${was.major} again.`);
  },
});
