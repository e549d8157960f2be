import { labelsFromPod, metricRelabelings } from "../relabel";
import { type Backend, metricsPort, type Times } from "./backend";

const apiVersion = "monitoring.googleapis.com/v1";

/**
 * Google Cloud Managed Service for Prometheus: a PodMonitoring for each target, and one ClusterRules, since Rules of a namespace
 * see the metrics of that namespace only, and none of a kubelet. Its labels `namespace` and `pod` are there without being asked
 * for; there is no TLS here, see `checkTls`.
 */
export const gmp: Backend = {
  monitor(target, context) {
    const metrics = metricRelabelings(target, context);
    const fromPod = Object.entries(labelsFromPod(target)).map(([to, from]) => ({ from, to }));
    const endpoint = {
      port: metricsPort,
      ...times(target),
      ...(metrics.length > 0 && { metricRelabeling: metrics }),
    };
    return podMonitoring(target.matchLabels, endpoint, { targetLabels: { fromPod } });
  },
  operatorMonitor: (target) => podMonitoring(target.matchLabels, { port: target.port, ...times(target) }),
  rules: (groups) => ({
    apiVersion,
    kind: "ClusterRules",
    clusterScoped: true,
    body: { spec: { groups } },
  }),
};

const podMonitoring = (matchLabels: object, endpoint: object, more: object = {}) => ({
  apiVersion,
  kind: "PodMonitoring",
  body: { spec: { selector: { matchLabels }, endpoints: [endpoint], ...more } },
});

const times = ({ interval, scrapeTimeout }: Times) => ({ interval, timeout: scrapeTimeout });
