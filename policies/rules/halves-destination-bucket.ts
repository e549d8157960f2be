import { accessOf, attempt } from "../core/access";
import { gcsBucket, identityOf, usesOf } from "../core/archives";
import { CLUSTER } from "../core/cluster";
import { hasBucket, hasIdentity, placeText } from "../core/halves";
import { Names } from "../core/nearby";
import { stackRule } from "../core/rule";
import { Undecided } from "../core/view";

export default stackRule({
  id: "halves-destination-bucket",
  title: "destinationPath names a bucket that the stack makes or gives roles on.",
  severity: "critical",
  tags: ["agreement", "backup"],
  why: "The bucket's name is written twice, in destinationPath and in the cloud half. Where they differ, nothing is archived, or backups go to a bucket that somebody else looks after.",
  remedy: "Write the name of the bucket of the cloud half into destinationPath, best from the same constant.",
  url: "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
  types: [CLUSTER],
  needsCloud: true,
  compares: true,
  judge({ stack, report, part, compare }) {
    const { buckets } = accessOf(stack);
    const declared = attempt(() => stack.ofType("gcp:Bucket").flatMap(({ view }) => view.text("name") ?? []));
    const all = declared instanceof Undecided ? [] : [...new Set([...declared, ...buckets.things])];
    const names = all.filter((name) => name !== "");
    const nearby = new Names(names);
    const forBackups = names.find((name) => /backup|cnpg|barman|postgres|pgsql|wal/.test(name));
    const hidden = buckets.all.find(({ on }) => on instanceof Undecided)?.on;
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        const use = usesOf(cluster, stack).find(({ purpose }) => purpose === "archive");
        const bucket = use && gcsBucket(use.store)?.bucket;
        if (use === undefined || bucket === undefined || hasBucket(stack, bucket)) return;
        compare(cluster, {
          what: "bucket and prefix ⇄ destinationPath",
          cloud: "not declared here",
          cluster: placeText(use.store, use.serverName),
          verdict: "unknown",
        });
        if (declared instanceof Undecided) throw declared;
        if (names.length === 0) return;
        if (hidden instanceof Undecided) throw hidden;
        const near = nearby.nearest(bucket);
        const identity = identityOf(cluster, stack);
        const here =
          identity !== undefined &&
          (buckets.of(identity.holders).sure.length > 0 ||
            (forBackups !== undefined && hasIdentity(stack, identity)));
        if (near === undefined && !here) return;
        report(
          use.holder,
          use.store.at("destinationPath"),
          `there is no bucket "${bucket}" among the resources. Write gs://${near ?? forBackups ?? names[0]}/..., or declare that bucket.`,
        );
      });
  },
});
