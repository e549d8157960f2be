import { UNKNOWN } from "../../core/view";
import { isMap } from "../maps";
import { bootstrapOf, PLUGIN } from "./bootstrap";
import { type Refuse, storeOf, transfersOf } from "./stores";
import { fields, filled, isTruthy, joined, type Values } from "./values";

/** `spec` of the Cluster that the chart makes of its values. */
export function clusterSpec(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> {
  const cluster = values.at("cluster");
  const given = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, filled(cluster.get(name))]));
  const plain = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, cluster.plain(name)]));
  const { roles, services } = given(["roles", "services"]);
  return fields({
    ...imageOf(values, fullname, refuse),
    ...plain(["instances", "imagePullPolicy", "primaryUpdateMethod", "primaryUpdateStrategy", "logLevel"]),
    ...plain(["enableSuperuserAccess", "enablePDB"]),
    ...given(["imagePullSecrets", "resources", "affinity", "env", "envFrom", "stopDelay", "certificates"]),
    ...given(["replicationSlots", "serviceAccountTemplate", "podSecurityContext", "securityContext"]),
    priorityClassName: cluster.has("priorityClassName") ? cluster.plain("priorityClassName") : undefined,
    postgresUID: identity(values, "postgresUID"),
    postgresGID: identity(values, "postgresGID"),
    storage: volumeOf(cluster.at("storage")),
    walStorage: cluster.has("walStorage", "enabled") ? volumeOf(cluster.at("walStorage")) : undefined,
    superuserSecret: cluster.has("superuserSecret") ? { name: cluster.plain("superuserSecret") } : undefined,
    postgresql: postgresqlOf(values),
    managed: roles === undefined && services === undefined ? undefined : fields({ roles, services }),
    monitoring: monitoringOf(cluster.at("monitoring"), fullname),
    ...bootstrapOf(values, fullname, refuse),
    backup: backupOf(values, fullname, refuse),
    plugins: pluginsOf(values, fullname),
  });
}

function volumeOf(volume: Values): Record<string, unknown> {
  return fields({
    size: volume.plain("size"),
    ...(volume.has("storageClass") && { storageClass: volume.plain("storageClass") }),
  });
}

/** Whether the chart brings a catalog of TimescaleDB's images. */
export function hasTimescaleCatalog(values: Values): boolean {
  return (
    values.get("type") === "timescaledb" &&
    values.has("imageCatalog", "create") &&
    !values.has("cluster", "imageCatalogRef", "name") &&
    !values.has("imageCatalog", "images") &&
    !values.has("cluster", "imageName")
  );
}

function imageOf(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> {
  const version = values.text("version", "postgresql");
  const major = version === UNKNOWN ? UNKNOWN : majorOf(version);
  const catalog = (name: unknown, kind: unknown = "ImageCatalog") => ({
    imageCatalogRef: { apiGroup: "postgresql.cnpg.io", kind, name, major },
  });
  const reference = values.map("cluster", "imageCatalogRef");
  if (isTruthy(reference.name))
    return { imageCatalogRef: { apiGroup: "postgresql.cnpg.io", ...reference, major } };
  if (values.has("imageCatalog", "create") && values.has("imageCatalog", "images")) return catalog(fullname);
  if (hasTimescaleCatalog(values)) return catalog(`${fullname}-timescaledb-ha`);
  if (values.has("cluster", "imageName")) return { imageName: values.get("cluster", "imageName") };
  const type = values.get("type");
  if (type === "postgresql") return { imageName: joined("ghcr.io/cloudnative-pg/postgresql:", version) };
  if (type === "postgis")
    return {
      imageName: joined("ghcr.io/cloudnative-pg/postgis:", version, "-", values.text("version", "postgis")),
    };
  refuse("type", "postgresql, postgis or timescaledb");
  return {};
}

/** The digits before the first dot; a placeholder as it stands. */
function majorOf(version: string): unknown {
  const major = version.split(".")[0] ?? "";
  return /^\d+$/.test(major) ? Number(major) : version;
}

function identity(values: Values, name: "postgresUID" | "postgresGID"): unknown {
  const given = values.plain("cluster", name);
  if (typeof given !== "number") return given === undefined ? 26 : given;
  if (given >= 0) return given;
  return hasTimescaleCatalog(values) ? 1000 : 26;
}

function postgresqlOf(values: Values): Record<string, unknown> | undefined {
  const postgresql = values.at("cluster", "postgresql");
  const libraries = [
    ...(values.get("type") === "timescaledb" ? ["timescaledb"] : []),
    ...(values.has("cluster", "monitoring", "instrumentation", "pgStatStatements")
      ? ["pg_stat_statements"]
      : []),
    ...postgresql.list("shared_preload_libraries"),
  ];
  const names = ["pg_hba", "pg_ident", "ldap", "synchronous", "parameters"];
  const all = fields({
    shared_preload_libraries: filled(libraries),
    ...Object.fromEntries(names.map((name) => [name, filled(postgresql.get(name))])),
  });
  return Object.keys(all).length === 0 ? undefined : all;
}

function monitoringOf(monitoring: Values, fullname: string): Record<string, unknown> {
  return fields({
    disableDefaultQueries: monitoring.plain("disableDefaultQueries"),
    ...(monitoring.has("customQueries") && {
      customQueriesConfigMap: [{ name: `${fullname}-monitoring`, key: "custom-queries" }],
    }),
    customQueriesSecret: filled(monitoring.get("customQueriesSecret")),
    tls: fields({ enabled: monitoring.plain("tls", "enabled") }),
  });
}

function backupOf(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> | undefined {
  const backups = values.at("backups");
  if (!backups.has("enabled") || backups.get("method") !== "barmanObjectStore") return undefined;
  return fields({
    target: "prefer-standby",
    retentionPolicy: backups.plain("retentionPolicy"),
    barmanObjectStore: {
      ...transfersOf(backups),
      ...storeOf(backups, "backups", `${fullname}-backup`, refuse),
    },
  });
}

/** Whether backups are the plugin's, so that the chart adds it and its ObjectStore. */
export function needsPlugin(values: Values): boolean {
  return (
    values.has("backups", "enabled") &&
    values.get("backups", "method") === "plugin" &&
    values.get("backups", "pluginConfiguration", "name") === PLUGIN
  );
}

function pluginsOf(values: Values, fullname: string): unknown[] | undefined {
  const plugins = values.list("cluster", "plugins");
  const needed = needsPlugin(values);
  if (plugins.length === 0 && !needed) return undefined;
  const isBarman = (plugin: unknown) => isMap(plugin) && plugin.name === PLUGIN;
  const own = plugins.find(isBarman);
  const others = plugins.filter((plugin) => !isBarman(plugin));
  if (own === undefined && !needed) return others;
  const { enabled, isWALArchiver, parameters } = isMap(own) ? own : {};
  const given = isMap(parameters) ? parameters : {};
  return [
    ...others,
    {
      name: PLUGIN,
      enabled: enabled ?? needed,
      isWALArchiver: isWALArchiver ?? needed,
      parameters: {
        ...given,
        barmanObjectName: isTruthy(given.barmanObjectName) ? given.barmanObjectName : `${fullname}-backups`,
      },
    },
  ];
}
