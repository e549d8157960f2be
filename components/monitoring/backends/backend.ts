import type { MonitoringContext, RuleGroup, ScrapeTarget } from "../../plan/monitoring";

/** A Kubernetes object of a backend, without its place. */
export interface BackendObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether it is in no namespace. */
  readonly clusterScoped?: boolean;
}

/** Pods of the operator, or of the plugin. */
export interface OperatorTarget {
  readonly name: string;
  readonly namespace: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  /** Name of the port, or its number where it has none. */
  readonly port: string | number;
  readonly interval: string;
  readonly scrapeTimeout: string;
}

/** How often, and within which time. */
export type Times = Pick<OperatorTarget, "interval" | "scrapeTimeout">;

/** What monitors and rules are, to one of the programs that scrape. */
export interface Backend {
  /** A monitor for pods of a cluster; absent where targets stand in one configuration for all. */
  readonly monitor?: (target: ScrapeTarget, context: MonitoringContext) => BackendObject;
  readonly operatorMonitor?: (target: OperatorTarget) => BackendObject;
  readonly rules: (
    groups: readonly RuleGroup[],
    context: MonitoringContext,
    targets: readonly ScrapeTarget[],
    operators: readonly OperatorTarget[],
  ) => BackendObject;
}

/** The port of instances and poolers that metrics are served at, by its name. */
export const metricsPort = "metrics";
