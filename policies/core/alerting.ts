import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

/** Google's kinds: of one namespace, of one Kubernetes cluster, and of all that Cloud Monitoring has. */
export const GMP_RULES = "Rules.monitoring.googleapis.com";
export const GMP_CLUSTER_RULES = "ClusterRules.monitoring.googleapis.com";

/** Objects that hold rules of Prometheus: its operator's, VictoriaMetrics' by another name, and Google's, which look alike. */
export const alertingTypes: readonly string[] = [
  "PrometheusRule.monitoring.coreos.com",
  "VMRule.operator.victoriametrics.com",
  GMP_RULES,
  GMP_CLUSTER_RULES,
  "GlobalRules.monitoring.googleapis.com",
];

export const alertingResources = (stack: Stack): Resource[] =>
  alertingTypes.flatMap((type) => stack.ofType(type));

/** The rules of such an object, those that alert and those that record. */
export const rulesIn = ({ view }: Resource): View[] =>
  view.list("spec", "groups").flatMap((group) => group.list("rules"));
