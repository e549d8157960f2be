import { defaults } from "../args/defaults";
import {
  type AlertSettings,
  AlertSeverity,
  MonitoringBackend,
  type MonitoringSettings,
} from "../args/monitoring";
import type { Check } from "../check";
import { unknownWord } from "../nearest";
import type { MonitoringContext } from "../plan/monitoring";
import { bad, good, labelValue, matching, namespaceName, objectName, type Parsed, parseWait } from "../units";
import { alerts } from "./alerts";
import { checkLimits } from "./limits";

/** Settings of Postgres that alerts and dashboards read; a test holds this list against them. */
export const settingsRead = [
  "archive_timeout",
  "autovacuum_freeze_max_age",
  "max_connections",
  "max_slot_wal_keep_size",
  "max_wal_size",
  "shared_buffers",
];

/** Reads `monitoring` of an environment, for all of its clusters. */
export function decideMonitoring(
  check: Check,
  environment: string,
  args: MonitoringSettings = {},
): MonitoringContext {
  const backend =
    check.oneOf("backend", args.backend, MonitoringBackend) ?? defaults.MonitoringSettings.backend;
  const gmp = backend === MonitoringBackend.Gmp;
  const scrapes = backend !== MonitoringBackend.None;
  const interval = args.interval ?? defaults.MonitoringSettings.interval;
  const scrapeTimeout = args.scrapeTimeout ?? defaults.MonitoringSettings.scrapeTimeout;
  const every = check.parse("interval", interval, scrapeTime);
  const within = check.parse("scrapeTimeout", scrapeTimeout, scrapeTime);
  if (every !== undefined && within !== undefined)
    check.require(within < every, "scrapeTimeout", scrapeTimeout, `less than the interval, ${interval}`);
  check.parse("namespace", args.namespace, namespaceName);
  check.parse("operator.namespace", args.operator?.namespace, namespaceName);
  checkLabels(check.at("selectorLabels"), args.selectorLabels);
  checkLabels(check.at("dashboards.labels"), args.dashboards?.labels);
  for (const key of Object.keys(args.dashboards?.annotations ?? {}))
    checkKey(check.at("dashboards.annotations"), key);
  checkAlerts(check.at("alerts"), args.alerts);
  checkLimits(check.at("alerts.thresholds"), args.alerts?.thresholds);
  checkAlertLabels(check.at("alerts.labels"), args.alerts?.labels);
  check.parse("alerts.runbookUrl", args.alerts?.runbookUrl, webAddress);
  check.require(
    !gmp || args.clusterLabel !== true,
    "clusterLabel",
    true,
    "false with backend gmp, where the label cluster is the name of the GKE cluster; cnpg_cluster is there always",
  );
  checkUsed(check, args, scrapes);
  return {
    backend,
    environment,
    interval,
    scrapeTimeout,
    tls: args.tls ?? defaults.MonitoringSettings.tls,
    clusterLabel: args.clusterLabel ?? !gmp,
    postgresSettings: keptSettings(check, args.postgresSettings),
    selectorLabels: args.selectorLabels ?? {},
    alerts: args.alerts ?? {},
  };
}

/** Labels that rules set themselves, or that Google's operator sets. */
export const reserved = [
  "alertname",
  "alertstate",
  "severity",
  "namespace",
  "cluster",
  "project_id",
  "location",
  "cnpg_cluster",
  "cnpg_environment",
];

/**
 * Labels by which alerts of one cluster differ: with one value for all of them two would be the same, and then Prometheus evaluates
 * the rule to an error.
 */
export const labelsOfAlerts = [
  "application_name",
  "cnpg_pooler",
  "controller",
  "database",
  "datname",
  "durability",
  "name",
  "persistentvolumeclaim",
  "pod",
  "slot_name",
  "standby_of",
  "usename",
  "user",
];

const alertLabel = `a label of letters, digits and underscores that the rules do not set themselves (${[...reserved, ...labelsOfAlerts].join(", ")}), such as team`;

/** Prometheus reads the values of labels as templates, and takes no rule of which it can't read one. */
function checkAlertLabels(check: Check, labels: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(labels)) {
    const taken = reserved.includes(name) || labelsOfAlerts.includes(name);
    check.require(/^(?!__)[a-zA-Z_]\w*$/.test(name) && !taken, name, name, alertLabel);
    check.require(!value.includes("{{"), name, value, "a text without {{, which would begin a template");
  }
}

/** What only counts where something scrapes would be a setting without an effect. */
function checkUsed(check: Check, args: MonitoringSettings, scrapes: boolean): void {
  const { enabled: watches, ...ofOperator } = args.operator ?? {};
  if (scrapes && watches !== true)
    for (const [key, value] of Object.entries(ofOperator))
      if (value !== undefined)
        check
          .at("operator")
          .fail(
            key,
            value,
            "remove it, or set operator.enabled: true in the one stack that watches the operator",
          );
  if (scrapes) return;
  const { backend: _, tls: _tls, ...rest } = args;
  for (const [key, value] of Object.entries(rest))
    if (value !== undefined)
      check.fail(
        key,
        value,
        "remove it, or say with backend what scrapes: gmp on GKE, else prometheusOperator, victoriaMetrics or scrapeConfig",
      );
}

/**
 * Checks what is said of alerts, by an environment or a cluster.
 *
 * @param ofCluster whether a cluster says it, which can say nothing of alerts that are about none
 */
export function checkAlerts(check: Check, args: AlertSettings | undefined, ofCluster = false): void {
  const names = alerts.map(({ name }) => name);
  const once = alerts.filter((alert) => alert.once !== undefined).map(({ name }) => name);
  const known = (at: Check, name: string) =>
    at.require(names.includes(name), name, name, unknownWord("alert", name, names)) &&
    at.require(
      !ofCluster || !once.includes(name),
      name,
      name,
      "an alert that is about a cluster: this one is about the operator, see monitoring.alerts of the environment",
    );
  const off = check.at("off");
  for (const [name, reason] of Object.entries(args?.off ?? {}))
    if (known(off, name))
      off.require(
        reason.trim().length > 3,
        name,
        reason,
        "why it is left out, for whoever looks for it at night",
      );
  const severities = check.at("severities");
  for (const [name, severity] of Object.entries(args?.severities ?? {}))
    if (known(severities, name)) severities.oneOf(name, severity, AlertSeverity);
}

function keptSettings(check: Check, asked: readonly string[] | undefined): readonly string[] | undefined {
  if (asked?.includes("*")) return undefined;
  const at = check.at("postgresSettings");
  asked?.forEach((name, i) => {
    at.require(
      /^[a-z][a-z0-9_.]*$/.test(name),
      i,
      name,
      'a parameter of Postgres in small letters, such as work_mem, or "*" for all',
    );
  });
  return [...new Set([...settingsRead, ...(asked ?? [])])].sort();
}

function checkLabels(check: Check, labels: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check.parse(key, value, labelValue);
    checkKey(check, key);
  }
}

/** The name of a label or an annotation: with or without the name of a domain, and one slash. */
function checkKey(check: Check, key: string): void {
  const slash = key.indexOf("/");
  check.parse(key, key.slice(slash + 1), labelKey);
  if (slash >= 0) check.parse(key, key.slice(0, slash), objectName);
}

const labelKey = (text: string) =>
  matching(
    text,
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'the name of a label or an annotation, such as "release"',
  );

/** How often, or within which time: as Prometheus and its operators take it. */
function scrapeTime(text: string): Parsed<number> {
  const parsed = parseWait(text, 300);
  return parsed.ok && parsed.value >= 1 ? parsed : bad('a time of a second to 5 minutes, such as "30s"');
}

function webAddress(text: string): Parsed<string> {
  const url = URL.parse(text);
  const web = url?.protocol === "https:" || url?.protocol === "http:";
  return web && !text.includes("#")
    ? good(text)
    : bad("an address of a page that begins with https://, without #");
}
