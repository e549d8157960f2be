import { AlertSeverity } from "../../args/monitoring";
import type { Alert } from "./alert";
import { declared, following, leading, names, on, who } from "./promql";

const anyMetric = `and ${on} cnpg_collector_up`;

/** Whether there are metrics, instances, and one primary. */
export const instances: readonly Alert[] = [
  {
    name: "CNPGMetricsAbsent",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: `${who} has no metrics.`,
    description:
      "The stack declares {{ $value }} instances and none of them is scraped: nobody would be told if backups or the cluster itself had stopped.",
    expr: (environment) => `${declared(environment)} unless ${on} cnpg_collector_up`,
  },
  {
    name: "CNPGInstanceDown",
    severity: AlertSeverity.Warning,
    for: "10m",
    summary: `${who} has fewer instances up than declared.`,
    description:
      "Only {{ $value }} instances answer: the next failure finds fewer standbys, or none, to take over.",
    expr: (environment) => {
      const all = declared(environment);
      const up = `count by (${names}) (max by (${names}, pod) (cnpg_collector_up) == 1)`;
      return `(${up} or ${on} ${all} * 0) < ${on} ${all} ${anyMetric}`;
    },
  },
  {
    name: "CNPGCollectionErrors",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `The metrics of ${who} are incomplete: pod {{ $labels.pod }} can't collect them.`,
    description: "Alerts that need what is missing can't fire for this instance, whatever happens to it.",
    expr: (environment) => {
      const failed = (metric: string) => `max by (${names}, pod) (${metric}) == 1`;
      return `(${failed("cnpg_collector_last_collection_error")} or ${failed("cnpg_last_error")}) and ${on} ${declared(environment)}`;
    },
  },
  {
    name: "CNPGNoPrimary",
    severity: AlertSeverity.Critical,
    for: "3m",
    summary: `${who} has no primary.`,
    description: "None of its {{ $value }} declared instances takes writes: applications that write fail.",
    of: ({ follows }) => !follows,
    expr: (environment) =>
      `${leading(environment)} unless ${on} (cnpg_pg_replication_in_recovery == 0) ${anyMetric}`,
  },
  {
    name: "CNPGTwoPrimaries",
    severity: AlertSeverity.Critical,
    for: "3m",
    summary: `${who} has {{ $value }} primaries.`,
    description:
      "More than one instance takes writes, and what is written to one of them is lost when they are joined again.",
    expr: (environment) =>
      `count by (${names}) (max by (${names}, pod) (cnpg_pg_replication_in_recovery) == 0) > 1 and ${on} ${declared(environment)}`,
  },
  {
    name: "CNPGReplicaClusterPromoted",
    severity: AlertSeverity.Critical,
    for: "5m",
    summary: `${who} is declared to follow another cluster, and takes writes.`,
    description:
      "Pod {{ $labels.pod }} has left recovery: it no longer gets what its source writes, and the two drift apart.",
    of: ({ follows }) => follows,
    expr: (environment) =>
      `max by (${names}, pod) (cnpg_pg_replication_in_recovery) == 0 and ${on} ${following(environment)}`,
  },
  {
    name: "CNPGFailover",
    severity: AlertSeverity.Warning,
    summary: `${who} has a new primary, {{ $labels.pod }}.`,
    description:
      "It was a standby a quarter of an hour ago: connections were cut, and without synchronous replication the last commits may be lost.",
    of: ({ follows, instances }) => !follows && instances > 1,
    expr: (environment) => {
      const recovery = (offset: string) =>
        `max by (${names}, pod) (cnpg_pg_replication_in_recovery${offset})`;
      return `${recovery("")} == 0 and on (${names}, pod) (${recovery(" offset 15m")} == 1) and ${on} ${leading(environment)}`;
    },
  },
  {
    name: "CNPGFenced",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: `Instance {{ $labels.pod }} of ${who} is fenced.`,
    description:
      "Its Postgres is stopped until somebody lifts the fence: it serves nobody, gets no WAL, and can't take over.",
    expr: (environment) =>
      `max by (${names}, pod) (cnpg_collector_fencing_on) == 1 and ${on} ${declared(environment)}`,
  },
  {
    name: "CNPGSwitchoverRequired",
    severity: AlertSeverity.Warning,
    for: "30m",
    summary: `${who} waits for a switchover by hand.`,
    description:
      "An update is done but for the primary, which goes on with the old version or settings until somebody promotes another instance.",
    expr: (environment) =>
      `max by (${names}) (cnpg_collector_manual_switchover_required) == 1 and ${on} ${declared(environment)}`,
  },
];
