import { max, ofCluster, type Scope } from "./expressions";
import { type Chart, lines, type Panel, type Row } from "./model";

/** Instances that answer. */
export const instancesUp = ({ of }: Scope): string =>
  `count by (${ofCluster}) (cnpg_collector_up{${of}} == 1)`;

/** Instances that the stack file says. */
export const instancesDeclared = ({ of }: Scope): string => max(`cluster:cnpg_instances:declared{${of}}`);

/** Bytes of WAL that the furthest replica has not replayed, which the primary knows even if the replica says nothing. */
export const lagBytes = ({ of }: Scope, by = ofCluster): string =>
  max(`cnpg_pg_stat_replication_replay_diff_bytes{${of}}`, by);

/** Instances, who is primary, and how far the others are behind. */
export const replication = (scope: Scope): Row => {
  const { of, cluster, pod } = scope;
  return {
    title: "Instances and replication",
    panels: [
      lines({
        title: "Instances",
        description: "Instances whose Postgres answers, and as a dashed line how many are declared.",
        unit: "short",
        queries: [
          { expr: instancesUp(scope), legend: `${cluster} up` },
          { expr: instancesDeclared(scope), legend: `${cluster} declared`, limit: true },
        ],
      }),
      {
        kind: "states",
        width: 8,
        height: 8,
        title: "Roles",
        description:
          "Which instance is the primary. A change is a failover or a switchover; two primaries at once are a fault, and none is one unless the cluster follows another.",
        unit: "short",
        texts: { "0": ["primary", "blue"], "1": ["standby", "green"] },
        queries: [
          {
            expr: max(`cnpg_pg_replication_in_recovery{${of}}`, `${ofCluster}, pod`),
            legend: pod,
          },
        ],
      },
      lines({
        title: "Streaming standbys",
        description:
          "What streams from the primary, by name; a logical reader or a base backup that is running is in it too. The dashed line is how many standbys a commit waits for.",
        unit: "short",
        queries: [
          {
            expr: `count by (${ofCluster}) (${max(`cnpg_pg_stat_replication_flush_diff_bytes{${of}} >= 0`, `${ofCluster}, application_name`)})`,
            legend: cluster,
          },
          {
            expr: max(`cnpg_collector_sync_replicas{${of},value="observed"}`),
            legend: `${cluster} synchronous`,
            limit: true,
          },
        ],
      }),
      lines({
        title: "Replication lag, bytes",
        description:
          "WAL that a replica has not replayed, as the primary sees it: it also grows while the replica is cut off.",
        unit: "bytes",
        steps: [
          [0, "green"],
          [256 * 1024 * 1024, "orange"],
        ],
        queries: [
          {
            expr: lagBytes(scope, `${ofCluster}, application_name`),
            legend: `${cluster} {{application_name}}`,
          },
        ],
      }),
      lines({
        title: "Replication lag, time",
        description:
          "Time by which a replica is behind, as it says itself. It is 0 while its receiver is broken: believe the bytes.",
        unit: "s",
        steps: [
          [0, "green"],
          [300, "orange"],
        ],
        queries: [{ expr: max(`cnpg_pg_replication_lag{${of}}`, `${ofCluster}, pod`), legend: pod }],
      }),
      lines({
        title: "WAL held by replication slots",
        description:
          "WAL that the primary keeps for each slot. A slot that nobody reads from fills the volume.",
        unit: "bytes",
        steps: [
          [0, "green"],
          [1024 * 1024 * 1024, "orange"],
        ],
        queries: [
          {
            expr: max(
              `cnpg_pg_replication_slots_pg_wal_lsn_diff{${of}} and on (namespace, pod) (cnpg_pg_replication_in_recovery{${of}} == 0)`,
              `${ofCluster}, slot_name`,
            ),
            legend: `${cluster} {{slot_name}}`,
          },
        ],
      }),
    ],
  };
};

/** One cluster's instances in a few numbers. */
export const instanceNumbers = (scope: Scope): Panel[] => {
  const { of } = scope;
  const number = (panel: Omit<Chart, "kind" | "width" | "height" | "queries">, expr: string): Panel => ({
    kind: "number",
    width: 4,
    height: 4,
    queries: [{ expr, legend: panel.title }],
    ...panel,
  });
  return [
    number(
      {
        title: "Instances up",
        description: "Instances whose Postgres answers.",
        unit: "short",
        nothing: "none",
      },
      instancesUp(scope),
    ),
    number(
      {
        title: "Instances declared",
        description: "Instances that the stack declares; empty where its rules are not installed.",
        unit: "short",
        nothing: "not declared",
      },
      instancesDeclared(scope),
    ),
    number(
      {
        title: "Postgres",
        description: "The version of Postgres that runs.",
        unit: "none",
        nothing: "unknown",
      },
      max(`cnpg_collector_postgres_version{${of}}`),
    ),
    number(
      {
        title: "Fenced instances",
        description:
          "Instances whose Postgres was stopped on purpose. Their other metrics keep their last values meanwhile.",
        unit: "short",
        steps: [
          [0, "green"],
          [1, "orange"],
        ],
        nothing: "unknown",
      },
      `sum by (${ofCluster}) (cnpg_collector_fencing_on{${of}})`,
    ),
    number(
      {
        title: "Nodes used",
        description:
          "Nodes of Kubernetes that the instances run on. One for several instances means that its end is the end of all.",
        unit: "short",
        nothing: "unknown",
      },
      max(`cnpg_collector_nodes_used{${of}}`),
    ),
    number(
      {
        title: "Metrics",
        description:
          "Whether the exporter could read all of its metrics. While it can't, other panels show less than there is.",
        unit: "short",
        texts: { "0": ["complete", "green"], "1": ["with errors", "red"] },
        nothing: "not scraped",
      },
      // Not `or`: both have the same labels, and so it would never look at the second.
      `clamp_max(${max(`cnpg_collector_last_collection_error{${of}}`)} + ${max(`cnpg_last_error{${of}}`)}, 1)`,
    ),
  ];
};
