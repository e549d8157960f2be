import { type Refuse, storeOf } from "./stores";
import { fields, filled, type Values } from "./values";

export const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** `bootstrap`, `replica` and `externalClusters` of a Cluster. */
export function bootstrapOf(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> {
  const mode = values.get("mode");
  if (mode === "standalone") return { bootstrap: { initdb: initdbOf(values, true) } };
  if (mode === "recovery") return recoveryOf(values, fullname, refuse);
  if (mode === "replica") return replicaOf(values, fullname, refuse);
  refuse("mode", "standalone, recovery or replica");
  return {};
}

/** `initdb` as it is given, with what the type of the database adds. */
function initdbOf(values: Values, withExtensions: boolean): Record<string, unknown> {
  const { owner, import: _, postInitApplicationSQL, ...given } = values.map("cluster", "initdb");
  const kept = withExtensions ? given : { ...given, postInitApplicationSQL };
  if (!withExtensions) return fields({ ...kept, owner: filled(owner) });
  const statistics = values.has("cluster", "monitoring", "instrumentation", "pgStatStatements");
  const extensions = [
    ...(extensionsOf[String(values.get("type"))] ?? []),
    ...(statistics ? ["pg_stat_statements"] : []),
  ].map((name) => `CREATE EXTENSION IF NOT EXISTS ${name};`);
  const statements = [...extensions, ...values.list("cluster", "initdb", "postInitApplicationSQL")];
  return fields({
    ...kept,
    owner: filled(owner),
    postInitApplicationSQL: filled(statements),
  });
}

const extensionsOf: Readonly<Record<string, readonly string[]>> = {
  postgis: ["postgis", "postgis_topology", "fuzzystrmatch", "postgis_tiger_geocoder"],
  timescaledb: ["timescaledb"],
};

function recoveryOf(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> {
  const recovery = values.at("recovery");
  const method = recovery.get("method");
  if (method === "pg_basebackup") {
    const base = recovery.at("pgBaseBackup");
    return {
      bootstrap: {
        pg_basebackup: fields({
          source: "pgBaseBackupSource",
          ...plainFields(base, ["database", "owner"]),
          ...(base.has("secretName") && { secret: { name: base.plain("secretName") } }),
        }),
      },
      externalClusters: [{ name: "pgBaseBackupSource", ...connectionOf(base.at("source")) }],
    };
  }
  if (method === "import") return importOf(values);
  const bootstrap = {
    recovery: fields({
      ...(recovery.has("pitrTarget", "time") && {
        recoveryTarget: { targetTime: recovery.plain("pitrTarget", "time") },
      }),
      ...plainFields(recovery, ["database", "owner"]),
      ...(method === "backup" && { backup: fields({ name: recovery.plain("backupName") }) }),
      ...(method === "object_store" && { source: "objectStoreRecoveryCluster" }),
      ...(method === "plugin" && { source: "pluginRecoveryCluster" }),
    }),
  };
  if (method === "object_store") {
    const store = storeOf(recovery, "recovery", `${fullname}-recovery`, refuse);
    const barmanObjectStore = { serverName: recovery.text("clusterName"), ...store };
    return { bootstrap, externalClusters: [{ name: "objectStoreRecoveryCluster", barmanObjectStore }] };
  }
  if (method === "plugin" && recovery.get("pluginConfiguration", "name") === PLUGIN) {
    const plugin = {
      ...recovery.map("pluginConfiguration"),
      parameters: {
        ...recovery.map("pluginConfiguration", "parameters"),
        barmanObjectName: `${fullname}-recovery`,
        serverName: recovery.text("clusterName"),
      },
    };
    return { bootstrap, externalClusters: [{ name: "pluginRecoveryCluster", plugin }] };
  }
  return { bootstrap };
}

function importOf(values: Values): Record<string, unknown> {
  const from = values.at("recovery", "import");
  const initdb = {
    ...initdbOf(values, false),
    import: fields({
      source: { externalCluster: "importSource" },
      type: from.plain("type"),
      databases: from.get("databases"),
      roles: filled(from.get("roles")),
      postImportApplicationSQL: filled(from.get("postImportApplicationSQL")),
      schemaOnly: from.plain("schemaOnly"),
      pgDumpExtraOptions: filled(from.get("pgDumpExtraOptions")),
      pgRestoreExtraOptions: filled(from.get("pgRestoreExtraOptions")),
    }),
  };
  return {
    bootstrap: { initdb },
    externalClusters: [{ name: "importSource", ...connectionOf(from.at("source")) }],
  };
}

function replicaOf(values: Values, fullname: string, refuse: Refuse): Record<string, unknown> {
  const replica = values.at("replica");
  const kind = replica.get("bootstrap", "source");
  const begin = fields({
    source: "originCluster",
    ...plainFields(replica.at("bootstrap"), ["database", "owner"]),
    secret: filled(replica.get("bootstrap", "secret")),
  });
  if (kind !== "pg_basebackup" && kind !== "object_store")
    refuse("replica.bootstrap.source", "pg_basebackup or object_store");
  const store = replica.at("origin", "objectStore");
  const server = replica.at("origin", "pg_basebackup");
  return {
    bootstrap: kind === "pg_basebackup" ? { pg_basebackup: begin } : { recovery: begin },
    replica: fields({
      enabled: true,
      source: "originCluster",
      ...plainFields(replica, ["self", "primary", "promotionToken", "minApplyDelay"]),
    }),
    externalClusters: [
      {
        name: "originCluster",
        ...(store.has("provider") && {
          barmanObjectStore: {
            serverName: store.text("clusterName"),
            ...storeOf(store, "replica.origin.objectStore", `${fullname}-origin`, refuse),
          },
        }),
        ...(server.has("host") && connectionOf(server)),
      },
    ],
  };
}

/** How another server is reached. */
function connectionOf(source: Values): Record<string, unknown> {
  const secret = (from: string) =>
    source.has(from, "name")
      ? fields({ name: source.plain(from, "name"), key: source.plain(from, "key") })
      : undefined;
  return fields({
    connectionParameters: fields({
      host: source.text("host"),
      port: source.text("port"),
      user: source.text("username"),
      ...(source.has("database") && { dbname: source.text("database") }),
      sslmode: source.text("sslMode"),
    }),
    password: secret("passwordSecret"),
    sslKey: secret("sslKeySecret"),
    sslCert: secret("sslCertSecret"),
    sslRootCert: secret("sslRootCertSecret"),
  });
}

/** Those of some values that are there, each under its own name. */
export function plainFields(values: Values, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (values.has(name) ? [[name, values.plain(name)]] : [])));
}
