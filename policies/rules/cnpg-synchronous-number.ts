import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-synchronous-number",
  title: "Fewer synchronous standbys are asked for than there are.",
  severity: "high",
  tags: ["availability", "durability"],
  why: "CNPG's webhook refuses a number that the instances, and the standbys named besides, can't reach.",
  remedy: "Lower the number, or add instances.",
  url: "https://cloudnative-pg.io/documentation/current/replication/#synchronous-replication",
  types: [CLUSTER],
  judge({ view, report, part }) {
    const instances = view.number("spec", "instances");
    if (instances === undefined) return;
    part(() => {
      const synchronous = view.at("spec", "postgresql", "synchronous");
      if (!synchronous.exists) return;
      const number = synchronous.number("number") ?? 0;
      const named = ["standbyNamesPre", "standbyNamesPost"].flatMap((field) =>
        synchronous.list(field),
      ).length;
      if (number >= instances + named)
        report(
          synchronous.at("number"),
          `${number} is refused with ${instances + named} instances and named standbys. Write at most ${instances + named - 1}.`,
        );
    });
    part(() => {
      const [least, most] = [
        view.number("spec", "minSyncReplicas") ?? 0,
        view.number("spec", "maxSyncReplicas") ?? 0,
      ];
      if (most >= instances && most > 0)
        report(
          view.at("spec", "maxSyncReplicas"),
          `${most} is refused with ${instances} instances. Write at most ${instances - 1}.`,
        );
      if (least > most)
        report(
          view.at("spec", "minSyncReplicas"),
          `${least} is more than maxSyncReplicas, ${most}. Lower it.`,
        );
    });
  },
});
