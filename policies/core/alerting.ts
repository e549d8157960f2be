import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { View } from "./view";

/** Objects that hold rules of Prometheus: its operator's, and VictoriaMetrics' by another name. */
export const alertingTypes: readonly string[] = [
  "PrometheusRule.monitoring.coreos.com",
  "VMRule.operator.victoriametrics.com",
];

export const alertingResources = (stack: Stack): Resource[] =>
  alertingTypes.flatMap((type) => stack.ofType(type));

/** The rules of such an object, those that alert and those that record. */
export const rulesIn = ({ view }: Resource): View[] =>
  view.list("spec", "groups").flatMap((group) => group.list("rules"));
