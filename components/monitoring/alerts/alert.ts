import type { AlertSeverity } from "../../args/monitoring";
import type { WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";

/** An alert, as each file of this folder has some. */
export interface Alert {
  /** `CNPG…`: the name of the alert, and of its heading in docs/runbooks.md. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** How long it has to hold, such as `10m`. */
  readonly for?: string;
  /** One line; `{{ $labels.namespace }}/{{ $labels.cnpg_cluster }}` is whom it is about. */
  readonly summary: string;
  /** What it means for the data or the users, with `{{ $value }}`. */
  readonly description: string;
  /** Clusters that it is about: where there are none of them, it is left out. Default: all. */
  readonly of?: (cluster: WatchedCluster, environment: WatchedEnvironment) => boolean;
  /** Of an alert that is about no cluster, such as the operator's: whether there is one. */
  readonly once?: (environment: WatchedEnvironment) => boolean;
  /**
   * PromQL that results in one series for each cluster in trouble, with the labels `namespace` and `cnpg_cluster` and what else tells
   * where. It is about clusters of this environment alone: see `promql.ts`.
   */
  readonly expr: (environment: WatchedEnvironment) => string;
}
