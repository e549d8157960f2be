import { AlertSeverity } from "../../args/monitoring";
import type { WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";

const namespaceOf = ({ operator }: WatchedEnvironment) => `namespace=${JSON.stringify(operator?.namespace)}`;

/** Gone where a controller does not run: no pod, no leader, or nothing that scrapes it. */
const controllerGone = (environment: WatchedEnvironment, controller: string) =>
  `absent(controller_runtime_reconcile_total{${namespaceOf(environment)},controller="${controller}"})`;

/** The operator and the plugin, which one stack of each Kubernetes cluster watches. */
export const operator: readonly Alert[] = [
  {
    name: "CNPGOperatorDown",
    severity: AlertSeverity.Critical,
    for: "10m",
    summary: "The CloudNativePG operator in {{ $labels.namespace }} does not run.",
    description:
      "No cluster of this Kubernetes fails over, is repaired or changed, and its webhooks refuse changes of all of them.",
    once: (environment) => environment.operator !== undefined,
    expr: (environment) => controllerGone(environment, "cluster"),
  },
  {
    name: "CNPGReconcileErrors",
    severity: AlertSeverity.Warning,
    for: "15m",
    summary: "Controller {{ $labels.controller }} in {{ $labels.namespace }} fails again and again.",
    description:
      "{{ $value | humanize }} of its attempts failed in a quarter of an hour: what the stack declares of some object does not become true.",
    once: (environment) => environment.operator !== undefined,
    expr: (environment) =>
      `sum by (namespace, controller) (increase(controller_runtime_reconcile_errors_total{${namespaceOf(environment)}}[15m])) > 5`,
  },
  {
    name: "CNPGPluginDown",
    severity: AlertSeverity.Critical,
    for: "15m",
    summary: "The Barman Cloud plugin in {{ $labels.namespace }} does not run.",
    description:
      "No base backup begins, retention deletes nothing, and pods of clusters with backups can't be made anew.",
    once: (environment) => environment.operator?.plugin === true,
    expr: (environment) => controllerGone(environment, "objectstore"),
  },
];
