import type { Path } from "../../core/view";
import { PLUGIN } from "./bootstrap";
import { clusterSpec, hasTimescaleCatalog, needsPlugin } from "./cluster";
import { databaseSpec, poolerSpec } from "./databases";
import { defaults } from "./defaults";
import { storeOf, transfersOf } from "./stores";
import { fields, filled, over, Values } from "./values";

/** One object that the chart makes. */
export interface Made {
  readonly object: Record<string, unknown>;
  /** Which values its parts come from: the longest beginning of a path counts. */
  readonly from: readonly (readonly [Path, Path])[];
}

/** All that the chart makes of some values. */
export interface Chart {
  readonly objects: readonly Made[];
  /** Why the chart would refuse the values: paths and what it expects there. */
  readonly refused: readonly { readonly path: string; readonly expected: string }[];
}

/** What is known of an installation besides its values. */
export interface Release {
  readonly name: string;
  /** Left out where nobody knows it. */
  readonly namespace?: string | undefined;
}

/** What CloudNativePG's chart `cluster` makes of values: the objects that rules judge, as version 0.8.1 makes them. */
export function objectsOf(given: unknown, release: Release): Chart {
  const values = new Values(over(defaults, given));
  const refused: { path: string; expected: string }[] = [];
  const refuse = (path: string, expected: string) => void refused.push({ path, expected });
  const fullname = fullnameOf(values, release.name);
  const namespace = values.has("namespaceOverride") ? values.plain("namespaceOverride") : release.namespace;
  const make = (apiVersion: string, kind: string, name: string, spec: unknown, from: Made["from"]): Made => ({
    object: {
      apiVersion,
      kind,
      metadata: fields({ name, namespace, labels: labelsOf(values, fullname, release.name, kind) }),
      spec,
    },
    from: [
      [["metadata", "name"], ["fullnameOverride"]],
      [
        ["metadata", "labels"],
        ["cluster", "additionalLabels"],
      ],
      ...from,
    ],
  });
  const cnpg = "postgresql.cnpg.io/v1";
  const cluster = make(
    cnpg,
    "Cluster",
    fullname,
    clusterSpec(values, fullname, refuse),
    clusterPaths(values),
  );
  const objects: Made[] = [annotated(cluster, values), ...storesOf(values, fullname, refuse, make)];
  if (values.has("backups", "enabled"))
    for (const [i, entry] of values.list("backups", "scheduledBackups").entries()) {
      const schedule = new Values(entry);
      const spec = fields({
        immediate: true,
        schedule: schedule.text("schedule"),
        method: schedule.plain("method"),
        backupOwnerReference: schedule.plain("backupOwnerReference"),
        cluster: { name: fullname },
        pluginConfiguration: filled(schedule.get("pluginConfiguration")),
      });
      const path = ["backups", "scheduledBackups", i];
      objects.push(
        make(cnpg, "ScheduledBackup", `${fullname}-${String(schedule.text("name"))}`, spec, [
          [[], path],
          [["spec"], path],
        ]),
      );
    }
  for (const [i, entry] of values.list("databases").entries()) {
    const database = new Values(entry);
    const name = `${fullname}-${String(database.text("name")).replaceAll("_", "-")}`;
    const at: Made["from"] = [
      [[], ["databases", i]],
      [["spec"], ["databases", i]],
    ];
    objects.push(annotated(make(cnpg, "Database", name, databaseSpec(database, fullname), at), values));
  }
  for (const [i, entry] of values.list("poolers").entries()) {
    const pooler = new Values(entry);
    const name = `${fullname}-pooler-${String(pooler.text("name"))}`;
    const from: Made["from"] = [
      [[], ["poolers", i]],
      [["spec"], ["poolers", i]],
      [
        ["spec", "pgbouncer"],
        ["poolers", i],
      ],
    ];
    objects.push(make(cnpg, "Pooler", name, poolerSpec(pooler, fullname), from));
  }
  objects.push(...catalogsOf(values, fullname, make));
  const monitoring = values.at("cluster", "monitoring");
  if (monitoring.has("enabled") && monitoring.has("podMonitor", "enabled"))
    objects.push(annotated(monitorOf(monitoring, fullname, make), values));
  return { objects, refused };
}

type Make = (apiVersion: string, kind: string, name: string, spec: unknown, from: Made["from"]) => Made;

function cut(name: string): string {
  return name.slice(0, 63).replace(/-$/, "");
}

function fullnameOf(values: Values, release: string): string {
  if (values.has("fullnameOverride")) return cut(String(values.text("fullnameOverride")));
  const name = values.has("nameOverride") ? String(values.text("nameOverride")) : "cluster";
  return cut(release.includes(name) ? release : `${release}-${name}`);
}

function labelsOf(values: Values, fullname: string, release: string, kind: string): Record<string, unknown> {
  const name = values.has("nameOverride") ? String(values.text("nameOverride")) : "cluster";
  return {
    ...(kind !== "Cluster" && { "cnpg.io/cluster": fullname }),
    "app.kubernetes.io/name": cut(name),
    "app.kubernetes.io/instance": release,
    "app.kubernetes.io/part-of": "cloudnative-pg",
    "app.kubernetes.io/managed-by": "Helm",
    ...values.map("cluster", "additionalLabels"),
  };
}

function annotated({ object, from }: Made, values: Values, more: Record<string, string> = {}): Made {
  const annotations = { ...more, ...values.map("cluster", "annotations") };
  if (Object.keys(annotations).length === 0) return { object, from };
  return {
    object: { ...object, metadata: { ...(object.metadata as object), annotations } },
    from: [
      ...from,
      [
        ["metadata", "annotations"],
        ["cluster", "annotations"],
      ],
    ],
  };
}

/** Which values the parts of the Cluster come from. */
function clusterPaths(values: Values): Made["from"] {
  const recovery = values.get("mode") === "recovery" ? ["recovery"] : ["replica", "origin"];
  return [
    [[], ["cluster"]],
    [["spec"], ["cluster"]],
    [
      ["spec", "imageName"],
      values.has("cluster", "imageName") ? ["cluster", "imageName"] : ["version", "postgresql"],
    ],
    [["spec", "managed"], ["cluster"]],
    [["spec", "bootstrap"], recovery],
    [
      ["spec", "bootstrap", "initdb"],
      ["cluster", "initdb"],
    ],
    [["spec", "externalClusters"], recovery],
    [["spec", "replica"], ["replica"]],
    [["spec", "backup"], ["backups"]],
    [["spec", "backup", "barmanObjectStore"], ["backups"]],
    ...credentialPaths(["spec", "backup", "barmanObjectStore"], ["backups"]),
    [["spec", "plugins"], values.has("cluster", "plugins") ? ["cluster", "plugins"] : ["backups", "method"]],
  ];
}

function credentialPaths(store: Path, scope: Path): Made["from"] {
  const of = (credentials: string, provider: string): readonly [Path, Path] => [
    [...store, credentials],
    [...scope, provider],
  ];
  return [of("s3Credentials", "s3"), of("azureCredentials", "azure"), of("googleCredentials", "google")];
}

function storesOf(
  values: Values,
  fullname: string,
  refuse: (path: string, expected: string) => void,
  make: Make,
): Made[] {
  const made: Made[] = [];
  const store = (scope: "backups" | "recovery", prefix: string, spec: Record<string, unknown>) => {
    const at = values.at(scope);
    const configuration = {
      ...(scope === "backups" && transfersOf(at)),
      ...storeOf(at, scope, `${fullname}-${prefix}`, refuse),
    };
    const sidecar = at.map("instanceSidecarConfiguration");
    const whole = { ...spec, configuration, instanceSidecarConfiguration: sidecar };
    const from: Made["from"] = [
      [[], [scope]],
      [["spec"], [scope]],
      [["spec", "configuration"], [scope]],
      ...credentialPaths(["spec", "configuration"], [scope]),
    ];
    const object = make("barmancloud.cnpg.io/v1", "ObjectStore", `${fullname}-${scope}`, whole, from);
    made.push(annotated(object, values, { "helm.sh/hook": "pre-install,pre-upgrade,pre-rollback" }));
  };
  if (needsPlugin(values))
    store("backups", "backup", fields({ retentionPolicy: values.plain("backups", "retentionPolicy") }));
  const recovers = values.get("mode") === "recovery" && values.get("recovery", "method") === "plugin";
  if (recovers && values.get("recovery", "pluginConfiguration", "name") === PLUGIN)
    store("recovery", "recovery", {});
  return made;
}

function catalogsOf(values: Values, fullname: string, make: Make): Made[] {
  const catalog = (name: string, images: unknown, path: Path) =>
    make("postgresql.cnpg.io/v1", "ImageCatalog", name, { images }, [
      [[], path],
      [["spec"], path],
    ]);
  if (values.has("imageCatalog", "create") && values.has("imageCatalog", "images"))
    return [catalog(fullname, values.get("imageCatalog", "images"), ["imageCatalog"])];
  if (!hasTimescaleCatalog(values)) return [];
  const image = (major: number) => ({
    major,
    image: `timescale/timescaledb-ha:pg${major}-ts${String(values.text("version", "timescaledb"))}`,
  });
  const majors = [12, 13, 14, 15, 16, 17, 18];
  return [catalog(`${fullname}-timescaledb-ha`, majors.map(image), ["version", "timescaledb"])];
}

function monitorOf(monitoring: Values, fullname: string, make: Make): Made {
  const tls = monitoring.has("tls", "enabled");
  const authority = { secret: { name: `${fullname}-ca`, key: "ca.crt" } };
  const endpoint = fields({
    port: "metrics",
    ...(tls && { scheme: "https", tlsConfig: { ca: authority, serverName: `${fullname}-rw` } }),
    relabelings: filled(monitoring.get("podMonitor", "relabelings")),
    metricRelabelings: filled(monitoring.get("podMonitor", "metricRelabelings")),
  });
  const spec = {
    selector: { matchLabels: { "cnpg.io/cluster": fullname, "cnpg.io/podRole": "instance" } },
    podMetricsEndpoints: [endpoint],
  };
  const path: Path = ["cluster", "monitoring", "podMonitor"];
  const { object, from } = make(
    "monitoring.coreos.com/v1",
    "PodMonitor",
    `${fullname}-cluster-podmonitor`,
    spec,
    [[[], path]],
  );
  const metadata = object.metadata as Record<string, unknown>;
  const labels = { ...(metadata.labels as object), ...monitoring.map("podMonitor", "labels") };
  return { object: { ...object, metadata: { ...metadata, labels } }, from };
}
