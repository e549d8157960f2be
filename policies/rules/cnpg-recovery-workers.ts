import { CLUSTER, SUBSCRIPTION } from "../core/cluster";
import { librariesOf } from "../core/extensions";
import { readTruth, settingOf } from "../core/parameters";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";

/** Libraries that run what stands in a table, and the parameter that keeps each from it. */
const libraries: Readonly<Record<string, string>> = {
  pg_cron: "cron.launch_active_jobs",
  pg_net: "pg_net.batch_size",
  timescaledb: "timescaledb.max_background_workers",
};

export default stackRule({
  id: "cnpg-recovery-workers",
  title: "A Cluster that begins as a copy does not act on others as its source does.",
  severity: "medium",
  tags: ["recovery", "replication"],
  why: "A base backup has everything that its source was doing: enabled subscriptions with the source's replication slot, jobs of pg_cron and TimescaleDB, requests of pg_net. They start when the recovery ends. With one slot for both, copy and source each get a part of the changes, and neither has all of them; a job sends its mail twice.",
  remedy:
    'Until what came with the copy is taken out, set max_logical_replication_workers to "0", and cron.launch_active_jobs to "off", pg_net.batch_size and timescaledb.max_background_workers to "0" where the library is loaded. A new Subscription gets a slot_name of its own and copies its data.',
  url: "https://www.postgresql.org/docs/current/logical-replication-subscription.html",
  types: [CLUSTER],
  judge({ stack, isProduction, report, part }) {
    for (const cluster of stack.ofType(CLUSTER)) {
      part(() => {
        if (!beginsAsCopy(cluster)) return;
        const workers = settingOf(cluster, "max_logical_replication_workers").at.scalar();
        if (workers !== undefined && isOff(workers)) return;
        for (const subscription of subscriptionsOf(cluster, stack)) {
          const parameters = subscription.view.at("spec", "parameters");
          const copies = parameters.scalar("copy_data");
          if (parameters.scalar("slot_name") === undefined)
            report(
              subscription,
              subscription.view.at("spec"),
              `has no slot_name, and ${cluster.called} begins as a copy: if the source has this subscription, both use one slot. Name a new one.`,
            );
          else if (copies !== undefined && isOff(copies))
            report(
              subscription,
              parameters.at("copy_data"),
              `is off, and ${cluster.called} begins as a copy: what was changed since its backup never comes. Take it out.`,
            );
        }
      });
      // What a restored production does again is right.
      part(() => {
        if (!beginsAsCopy(cluster) || isProduction(cluster)) return;
        for (const { name, at } of librariesOf(cluster)) {
          const parameter = Object.hasOwn(libraries, name) ? libraries[name] : undefined;
          if (parameter === undefined) continue;
          const value = settingOf(cluster, parameter).at.scalar();
          if (value === undefined || !isOff(value))
            report(
              cluster,
              at,
              `runs in this copy what its source had scheduled. Set ${parameter} to "${parameter.startsWith("cron") ? "off" : "0"}", or exempt the Cluster if it should.`,
            );
        }
      });
    }
  },
});

/** Whether a value switches something off: `off` and its like, or 0. */
const isOff = (text: string) => readTruth(text.trim()) === false;

/** A replica is none: nothing of this runs while it follows, and then it is to do what its source did. */
function beginsAsCopy({ view }: Resource): boolean {
  const bootstrap = view.at("spec", "bootstrap");
  return (
    (bootstrap.at("recovery").exists || bootstrap.at("pg_basebackup").exists) &&
    !view.at("spec", "replica").exists
  );
}

function subscriptionsOf(cluster: Resource, stack: Stack): readonly Resource[] {
  return stack
    .ofType(SUBSCRIPTION)
    .filter(
      ({ namespace, view }) =>
        namespace === cluster.namespace && view.partial("spec", "cluster", "name") === cluster.name,
    );
}
