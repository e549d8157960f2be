import { defaults } from "../args/defaults";
import type { OperatorArgs } from "../args/platform";
import type { Check } from "../check";
import { bad, good, namespaceName, type Parsed } from "../units";

/** What the operator is configured with by settings of their own. */
const settings: Readonly<Record<string, string>> = {
  WATCH_NAMESPACE: "watchNamespaces",
  INHERITED_LABELS: "inheritedLabels",
  INHERITED_ANNOTATIONS: "inheritedAnnotations",
  CLUSTERS_ROLLOUT_DELAY: "rolloutDelays.clusters",
  INSTANCES_ROLLOUT_DELAY: "rolloutDelays.instances",
  ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES: "inPlaceUpdates",
};

/** What the platform itself writes. */
const taken: Readonly<Record<string, string>> = {
  OPERATOR_IMAGE_NAME: "operator.image says it",
  OPERATOR_NAMESPACE: "namespace says it",
  PULL_SECRET_NAME: "pullSecret says it",
  WEBHOOK_CERT_DIR: "the operator makes its certificates itself",
};

/** The rest of what CNPG 1.30 reads (`internal/configuration/configuration.go`). */
const others = [
  "CERTIFICATE_DURATION",
  "CREATE_ANY_SERVICE",
  "DRAIN_TAINTS",
  "ENABLE_WEBHOOK_NAMESPACE_SUFFIX",
  "EXPIRING_CHECK_THRESHOLD",
  "INCLUDE_PLUGINS",
  "KUBERNETES_CLUSTER_DOMAIN",
  "MANAGE_WEBHOOK_CONFIGURATIONS",
  "METRICS_CERT_DIR",
  "MONITORING_QUERIES_CONFIGMAP",
  "MONITORING_QUERIES_SECRET",
  "PGBOUNCER_IMAGE_NAME",
  "PLUGIN_SOCKET_DIR",
  "POSTGRES_IMAGE_NAME",
  "STANDBY_TCP_USER_TIMEOUT",
];

const pattern = (text: string): Parsed<string> =>
  /^[A-Za-z0-9*?[\]^./_-]+$/.test(text)
    ? good(text)
    : bad("the name of a label or an annotation, such as team or example.com/*");

/**
 * Data of the operator's ConfigMap: what is not written has the operator's own default.
 *
 * @param check at `operator`
 * @param delays seconds between restarts where nothing is written
 */
export function operatorConfig(
  check: Check,
  args: OperatorArgs,
  delays: { readonly clusters: number; readonly instances: number },
  pullSecret: string | undefined,
): Record<string, string> {
  const listed = (
    key: "watchNamespaces" | "inheritedLabels" | "inheritedAnnotations",
    parser: (text: string) => Parsed<string>,
  ) => {
    args[key]?.forEach((text, i) => void check.at(key).parse(i, text, parser));
    return args[key]?.join(",");
  };
  const delay = (key: "clusters" | "instances") => {
    const asked = args.rolloutDelays?.[key] ?? delays[key];
    const seconds = check.at("rolloutDelays").integer(key, asked, 0, 86_400) ?? 0;
    return seconds === 0 ? undefined : String(seconds);
  };
  const watched = listed("watchNamespaces", namespaceName);
  check.require(watched !== "", "watchNamespaces", [], "at least one namespace; leave it out for all");
  const own = {
    WATCH_NAMESPACE: watched,
    INHERITED_LABELS: listed("inheritedLabels", pattern),
    INHERITED_ANNOTATIONS: listed("inheritedAnnotations", pattern),
    CLUSTERS_ROLLOUT_DELAY: delay("clusters"),
    INSTANCES_ROLLOUT_DELAY: delay("instances"),
    ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES:
      (args.inPlaceUpdates ?? defaults.OperatorArgs.inPlaceUpdates) ? "true" : undefined,
    PULL_SECRET_NAME: pullSecret,
  };
  checkMore(check.at("config"), args.config ?? {});
  const all = { ...own, ...args.config };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function checkMore(check: Check, config: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(config)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const why = Object.hasOwn(taken, key) ? taken[key] : undefined;
    if (setting !== undefined) check.fail(key, value, `operator.${setting} in its place`);
    else if (why !== undefined) check.fail(key, value, `remove it: ${why}`);
    else if (!others.includes(key))
      check.fail(key, value, `a setting of CNPG's operator: ${others.join(", ")}`);
  }
}
