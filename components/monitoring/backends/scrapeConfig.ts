import type { MonitoringContext, ScrapeTarget } from "../../plan/monitoring";
import { atPort, metricRelabelings, type Relabeling, targetRelabelings } from "../relabel";
import { yaml } from "../yaml";
import { type Backend, metricsPort, type OperatorTarget, type Times } from "./backend";

/**
 * A Prometheus without an operator: a ConfigMap with `scrape.yml`, for `scrape_config_files`, and `rules.yml`, for `rule_files`.
 * It finds the pods itself, by Kubernetes' API.
 */
export const scrapeConfig: Backend = {
  rules: (groups, context, targets, operators) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    body: {
      data: {
        "scrape.yml": yaml({
          scrape_configs: [...targets.map((target) => job(target, context)), ...operators.map(operatorJob)],
        }),
        "rules.yml": yaml({ groups }),
      },
    },
  }),
};

/** Where the CA of a cluster has to be mounted in Prometheus' pod, for metrics by TLS. */
export const caFile = (namespace: string, caSecret: string): string =>
  `/etc/prometheus/cnpg/${namespace}/${caSecret}/ca.crt`;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const written = (rule: Relabeling) =>
  Object.fromEntries(Object.entries(rule).map(([name, value]) => [snake(name), value]));

const meta = "__meta_kubernetes_pod_";
const labelled = (name: string) => `${meta}label_${name.replace(/[./]/g, "_")}`;
const keep = (source: string, regex: string) => ({ source_labels: [source], regex, action: "keep" });

/** Pods of a namespace with these labels, at one port. */
function found(namespace: string, matchLabels: Readonly<Record<string, string>>, port: string | number) {
  return {
    discovery: { kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [namespace] } }] },
    relabelings: [
      ...Object.entries(matchLabels).map(([name, value]) => keep(labelled(name), value)),
      typeof port === "string" ? keep(`${meta}container_port_name`, port) : written(atPort(port)),
      // A pod that has ended is no instance that is down.
      { source_labels: [`${meta}phase`], regex: "Succeeded|Failed", action: "drop" },
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: [`${meta}name`], target_label: "pod" },
    ],
  };
}

const times = ({ interval, scrapeTimeout }: Times) => ({
  scrape_interval: interval,
  scrape_timeout: scrapeTimeout,
});

function operatorJob({ name, namespace, matchLabels, port, ...rest }: OperatorTarget) {
  const { discovery, relabelings } = found(namespace, matchLabels, port);
  return { job_name: `${namespace}/${name}`, ...discovery, ...times(rest), relabel_configs: relabelings };
}

function job(target: ScrapeTarget, context: MonitoringContext) {
  const { workload, tls } = target;
  const { discovery, relabelings } = found(workload.namespace, target.matchLabels, metricsPort);
  const metrics = metricRelabelings(target, context);
  return {
    job_name: `${workload.namespace}/${target.name}`,
    ...discovery,
    ...times(target),
    ...(tls !== undefined && {
      scheme: "https",
      tls_config: { ca_file: caFile(workload.namespace, tls.caSecret), server_name: tls.serverName },
    }),
    relabel_configs: [...relabelings, ...targetRelabelings(target, context).map(written)],
    ...(metrics.length > 0 && { metric_relabel_configs: metrics.map(written) }),
  };
}
