import {
  archivingFails,
  backlogSteps,
  backupAge,
  backupCharts,
  backupDue,
  backupNumbers,
  dueSteps,
  recoveryWindow,
  walAge,
  walBacklog,
  worksOrFails,
} from "./backups";
import { max, type Scope, volumeUsage } from "./expressions";
import type { Dashboard, Table } from "./model";
import { poolers } from "./poolers";
import { connectionShare, connections, queries, storage } from "./postgres";
import { instanceNumbers, instancesDeclared, instancesUp, lagBytes, replication } from "./replication";

const oneCluster: Scope = {
  of: 'namespace="$namespace",cnpg_cluster="$cnpg_cluster"',
  namespace: 'namespace="$namespace"',
  cluster: "{{cnpg_cluster}}",
  pod: "{{pod}}",
};
const severalClusters: Scope = {
  of: 'namespace=~"$namespace",cnpg_cluster=~"$cnpg_cluster"',
  namespace: 'namespace=~"$namespace"',
  cluster: "{{namespace}}/{{cnpg_cluster}}",
  pod: "{{namespace}}/{{pod}}",
};

const overview = (scope: Scope): Table => ({
  kind: "table",
  title: "Clusters",
  description:
    "Each cluster's backups first, then what it needs to run. Empty means that there is no such thing, as a base backup that never was, or that nothing says it. A cluster's name leads to its own dashboard.",
  width: 24,
  height: 8,
  columns: [
    { legend: "Last base backup", unit: "s", expr: backupAge(scope) },
    { legend: "Against schedule", unit: "percentunit", steps: dueSteps, expr: backupDue(scope) },
    { legend: "Last archived WAL", unit: "s", expr: walAge(scope) },
    { legend: "Archiving", unit: "short", texts: worksOrFails, expr: archivingFails(scope) },
    { legend: "WAL waiting", unit: "short", steps: backlogSteps, expr: walBacklog(scope) },
    { legend: "Recoverability window", unit: "s", expr: recoveryWindow(scope) },
    { legend: "Instances up", unit: "short", expr: instancesUp(scope) },
    { legend: "Declared", unit: "short", expr: instancesDeclared(scope) },
    { legend: "Replica behind", unit: "bytes", expr: lagBytes(scope) },
    {
      legend: "Connections",
      unit: "percentunit",
      steps: [
        [0, "green"],
        [0.8, "orange"],
        [0.95, "red"],
      ],
      expr: connectionShare(scope),
    },
    {
      legend: "Fullest volume",
      unit: "percentunit",
      steps: [
        [0, "green"],
        [0.8, "orange"],
        [0.95, "red"],
      ],
      expr: max(volumeUsage(scope)),
    },
  ],
});

/** Every dashboard. */
export const definitions: readonly Dashboard[] = [
  {
    name: "cluster",
    uid: "pulumi-cnpg-cluster",
    title: "CloudNativePG cluster",
    description:
      "One cluster of CloudNativePG: its backups first, then replication, connections, volumes, queries and poolers.",
    several: false,
    rows: [
      {
        title: "Now",
        panels: [...backupNumbers(oneCluster), ...instanceNumbers(oneCluster)],
      },
      backupCharts(oneCluster),
      replication(oneCluster),
      connections(oneCluster),
      storage(oneCluster),
      queries(oneCluster),
      poolers(oneCluster),
    ],
  },
  {
    name: "environment",
    uid: "pulumi-cnpg-environment",
    title: "CloudNativePG environment",
    description:
      "Every cluster of CloudNativePG in the namespaces that are chosen: their backups first, then what they need to run.",
    several: true,
    rows: [
      { title: "Clusters", panels: [overview(severalClusters)] },
      backupCharts(severalClusters),
      replication(severalClusters),
      connections(severalClusters),
      storage(severalClusters),
      queries(severalClusters),
      poolers(severalClusters),
    ],
  },
];
