import { plainFields } from "./bootstrap";
import { fields, filled, Values } from "./values";

/** `spec` of a Database. */
export function databaseSpec(database: Values, fullname: string): Record<string, unknown> {
  const or = (name: string, otherwise: string) => (database.has(name) ? database.plain(name) : otherwise);
  const present = (entry: unknown, names: readonly string[], more: readonly string[]) => {
    const one = new Values(entry);
    return fields({
      ...Object.fromEntries(names.map((name) => [name, one.plain(name)])),
      ...plainFields(one, more),
      ensure: one.has("ensure") ? one.plain("ensure") : "present",
    });
  };
  const schemas = database.list("schemas").map((one) => present(one, ["name", "owner"], []));
  const extensions = database.list("extensions").map((one) => present(one, ["name"], ["version", "schema"]));
  return fields({
    name: database.plain("name"),
    cluster: { name: fullname },
    ensure: or("ensure", "present"),
    owner: database.plain("owner"),
    template: or("template", "template1"),
    encoding: or("encoding", "UTF8"),
    databaseReclaimPolicy: or("databaseReclaimPolicy", "retain"),
    ...plainFields(database, ["isTemplate", "allowConnections", "connectionLimit", "tablespace", "locale"]),
    ...plainFields(database, ["localeProvider", "localeCollate", "localeCType", "icuLocale", "icuRules"]),
    ...plainFields(database, ["builtinLocale"]),
    ...(database.has("collationVersion") && { collationVersion: database.text("collationVersion") }),
    schemas: filled(schemas),
    extensions: filled(extensions),
  });
}

/** `spec` of a Pooler. */
export function poolerSpec(pooler: Values, fullname: string): Record<string, unknown> {
  const given = (name: string) => filled(pooler.get(name));
  return fields({
    cluster: { name: fullname },
    instances: pooler.plain("instances"),
    type: pooler.has("type") ? pooler.plain("type") : "rw",
    pgbouncer: fields({
      poolMode: pooler.has("poolMode") ? pooler.plain("poolMode") : "session",
      authQuerySecret: given("authQuerySecret"),
      authQuery: given("authQuery"),
      parameters: given("parameters"),
      pg_hba: given("pg_hba"),
    }),
    template: given("template"),
  });
}
