import { recoverySource } from "../core/archives";
import { CLUSTER, locationOf } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

/** What people call jobs that hide personal data. */
const masking = /mask|anonymi|pseudonymi|sanitis|sanitiz|scrub|obfuscat|redact/i;
const production = /(^|[^a-z])(prod|production)([^a-z]|$)/i;

export default stackRule({
  id: "cnpg-clone-masked",
  title: "A copy of production outside of production is masked before anybody uses it.",
  severity: "low",
  tags: ["recovery", "security"],
  why: "A clone holds every row of its source, personal data too, and what guards a place for development is weaker than what guards production. It holds the roles of the source with their passwords as well.",
  remedy:
    "Run SQL that masks the data in a Job before the application is let in, and shut roles of the source out by pg_hba. If the data may be seen, exempt the Cluster and say why.",
  url: "https://cloudnative-pg.io/documentation/current/recovery/",
  levels: { recommended: "disabled" },
  types: [CLUSTER],
  judge({ stack, isProduction, report, part }) {
    const masked = new Set(
      ["Job.batch", "CronJob.batch"]
        .flatMap((type) => stack.ofType(type))
        .filter((job) => masking.test(known(() => job.name) ?? ""))
        .map(({ namespace }) => namespace),
    );
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const { view } = cluster;
        const recovery = view.at("spec", "bootstrap", "recovery");
        if (!recovery.exists || isProduction(cluster) || view.at("spec", "replica").exists) return;
        const source = recoverySource(cluster, stack);
        const location = locationOf(source?.store?.text("destinationPath") ?? "");
        if (location === undefined || !production.test(`${location.bucket}/${location.prefix}`)) return;
        const masks = [...masked].some(
          (namespace) => namespace === cluster.namespace || namespace === undefined,
        );
        if (!masks)
          report(
            cluster,
            recovery,
            `is from "${location.bucket}", and no job of this namespace masks anything. Mask it before it is used.`,
          );
      });
  },
});
