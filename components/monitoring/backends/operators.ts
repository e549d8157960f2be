import type { ScrapeTarget } from "../../plan/monitoring";
import { atPort, metricRelabelings, targetRelabelings } from "../relabel";
import { type Backend, metricsPort, type Times } from "./backend";

/** What two operators call the same by other names. */
interface Words {
  readonly apiVersion: string;
  readonly monitor: string;
  readonly rules: string;
  readonly relabelings: string;
  readonly metricRelabelings: string;
}

/** The Prometheus Operator: a PodMonitor for each target, and one PrometheusRule. */
export const prometheusOperator = backend({
  apiVersion: "monitoring.coreos.com/v1",
  monitor: "PodMonitor",
  rules: "PrometheusRule",
  relabelings: "relabelings",
  metricRelabelings: "metricRelabelings",
});

/** The VictoriaMetrics operator: a VMPodScrape for each target, and one VMRule (`operator/api` v0.66.1, `v1beta1`). */
export const victoriaMetrics = backend({
  apiVersion: "operator.victoriametrics.com/v1beta1",
  monitor: "VMPodScrape",
  rules: "VMRule",
  relabelings: "relabelConfigs",
  metricRelabelings: "metricRelabelConfigs",
});

function backend(words: Words): Backend {
  const monitor = (matchLabels: Readonly<Record<string, string>>, endpoint: object) => ({
    apiVersion: words.apiVersion,
    kind: words.monitor,
    body: { spec: { selector: { matchLabels }, podMetricsEndpoints: [endpoint] } },
  });
  return {
    monitor(target, context) {
      const metrics = metricRelabelings(target, context);
      return monitor(target.matchLabels, {
        port: metricsPort,
        ...times(target),
        ...tlsOf(target),
        [words.relabelings]: targetRelabelings(target, context),
        ...(metrics.length > 0 && { [words.metricRelabelings]: metrics }),
      });
    },
    operatorMonitor: ({ matchLabels, port, ...rest }) =>
      monitor(matchLabels, {
        ...(typeof port === "string" ? { port } : { [words.relabelings]: [atPort(port)] }),
        ...times(rest),
      }),
    rules: (groups) => ({ apiVersion: words.apiVersion, kind: words.rules, body: { spec: { groups } } }),
  };
}

const times = ({ interval, scrapeTimeout }: Times) => ({ interval, scrapeTimeout });

function tlsOf({ tls }: ScrapeTarget) {
  if (tls === undefined) return {};
  const ca = { secret: { name: tls.caSecret, key: "ca.crt" } };
  return { scheme: "https", tlsConfig: { ca, serverName: tls.serverName } };
}
