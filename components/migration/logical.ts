import { defaults } from "../args/defaults";
import type { PublicationArgs, SubscriptionArgs } from "../args/migration";
import type { Check } from "../check";
import type { PublicationSpec, SubscriptionSpec } from "../crds/types";
import { own } from "../own";
import type { LogicalPlan, Servers } from "../plan/migration";
import { bad, derivedName, good, objectNamePart, type Parsed, postgresIdentifier } from "../units";
import { requireServer } from "./servers";

/** What both are checked against. */
export interface LogicalBasis {
  readonly cluster: string;
  /** Names of the cluster's databases. */
  readonly databases: readonly string[];
  readonly major: number | undefined;
  readonly servers: Servers;
}

/** Parameters of CREATE PUBLICATION, and since which major each is there. Others fail in the pod, where nobody looks. */
const publicationParameters: Readonly<Record<string, number>> = {
  publish: 10,
  publish_via_partition_root: 13,
  publish_generated_columns: 18,
};

/** Parameters of CREATE SUBSCRIPTION, and the first major that has each. */
const subscriptionParameters: Readonly<Record<string, number>> = {
  connect: 10,
  create_slot: 10,
  enabled: 10,
  slot_name: 10,
  copy_data: 10,
  synchronous_commit: 10,
  binary: 14,
  streaming: 14,
  two_phase: 15,
  disable_on_error: 15,
  password_required: 16,
  run_as_owner: 16,
  origin: 16,
  failover: 17,
};

/** Parameters that count only as a subscription is made; the operator leaves them out when it changes one. */
const atCreation = ["connect", "create_slot", "enabled", "copy_data"];

/** Checks what is published, and renders it. */
export function decidePublications(
  check: Check,
  publications: Readonly<Record<string, PublicationArgs>> | undefined,
  basis: LogicalBasis,
): LogicalPlan<PublicationSpec>[] {
  return Object.keys(publications ?? {})
    .sort()
    .map((name) => {
      const args = publications?.[name] as PublicationArgs;
      const at = check.at(name);
      const { spec, ...common } = decideCommon(check, name, args, publicationParameters, basis);
      return {
        ...common,
        spec: {
          ...spec,
          target: target(at, args, basis.major),
          ...given(args.parameters),
          publicationReclaimPolicy: args.reclaimPolicy ?? defaults.PublicationArgs.reclaimPolicy,
        },
      };
    });
}

function target(at: Check, args: PublicationArgs, major: number | undefined): PublicationSpec["target"] {
  const { allTables = false, tables = [], schemas = [], columns = {} } = args;
  const some = tables.length + schemas.length > 0;
  if (!allTables && !some)
    at.fail(
      "tables",
      undefined,
      "what is published: tables such as [public.orders], schemas, or allTables: true",
    );
  if (allTables)
    for (const key of ["tables", "schemas", "columns"] as const)
      at.require(args[key] === undefined, key, args[key], "remove it with allTables, which has them all");
  for (const [key, value] of [
    ["schemas", args.schemas],
    ["columns", args.columns],
  ] as const)
    at.require(
      value === undefined || major === undefined || major >= 15,
      key,
      value,
      `remove it with Postgres ${major}: it has them from 15 on`,
    );
  schemas.forEach((schema, i) => {
    at.at("schemas").parse(i, schema, postgresIdentifier);
    at.at("schemas").require(schemas.indexOf(schema) === i, i, schema, "named once");
  });
  const split = tables.map((table, i) => {
    at.at("tables").require(tables.indexOf(table) === i, i, table, "named once");
    return at.at("tables").parse(i, table, tableName);
  });
  for (const [table, names] of Object.entries(columns)) {
    at.require(tables.includes(table), `columns.${table}`, table, "one of tables, as it is written there");
    at.require(names.length > 0, `columns.${table}`, names, "columns, such as [id, amount]");
    names.forEach((name, i) => {
      at.at("columns").at(table).parse(i, name, postgresIdentifier);
    });
  }
  at.require(
    Object.keys(columns).length === 0 || schemas.length === 0,
    "columns",
    columns,
    "remove it with schemas: Postgres takes columns only of tables that are named one by one",
  );
  if (allTables) return { allTables: true };
  return {
    objects: [
      ...tables.flatMap((table, i) => {
        const parts = split[i];
        const named = own(columns, table);
        return parts === undefined ? [] : [{ table: { ...parts, ...(named && { columns: [...named] }) } }];
      }),
      ...schemas.map((schema) => ({ tablesInSchema: schema })),
    ],
  };
}

/** `public.orders`. The schema is said: without it the operator's own search path would find it or not. */
function tableName(text: string): Parsed<{ schema: string; name: string }> {
  const [schema = "", name = "", ...more] = text.split(".");
  return more.length === 0 && postgresIdentifier(schema).ok && postgresIdentifier(name).ok
    ? good({ schema, name })
    : bad("a table with its schema, such as public.orders");
}

/** Checks what is subscribed to, and renders it. */
export function decideSubscriptions(
  check: Check,
  subscriptions: Readonly<Record<string, SubscriptionArgs>> | undefined,
  basis: LogicalBasis,
): LogicalPlan<SubscriptionSpec>[] {
  return Object.keys(subscriptions ?? {})
    .sort()
    .map((name) => {
      const args = subscriptions?.[name] as SubscriptionArgs;
      const at = check.at(name);
      const { spec, ...common } = decideCommon(check, name, args, subscriptionParameters, basis);
      at.parse("publication", args.publication, postgresIdentifier);
      at.parse("publicationDatabase", args.publicationDatabase, postgresIdentifier);
      if (requireServer(at, "server", args.server, basis.servers)) checkPublisher(at, args, basis.servers);
      checkSlot(check, name, args);
      return {
        ...common,
        spec: {
          ...spec,
          externalClusterName: args.server,
          publicationName: args.publication,
          ...(args.publicationDatabase !== undefined && { publicationDBName: args.publicationDatabase }),
          ...given(changeable(args.parameters)),
          subscriptionReclaimPolicy: args.reclaimPolicy ?? defaults.SubscriptionArgs.reclaimPolicy,
        },
      };
    });
}

function checkPublisher(at: Check, args: SubscriptionArgs, servers: Servers): void {
  const database = servers.get(args.server)?.connectionParameters?.dbname;
  if (args.publicationDatabase === undefined && database === undefined)
    at.fail(
      "publicationDatabase",
      undefined,
      `the database at ${args.server} that has the publication; or servers.${args.server}.database`,
    );
}

/** The slot at the server is called as the subscription, and its name can have less in it. */
function checkSlot(check: Check, name: string, { parameters }: SubscriptionArgs): void {
  const slot = parameters?.slot_name;
  const isSlot = (text: string) => /^[a-z0-9_]{1,63}$/.test(text);
  if (slot === undefined)
    check.require(
      isSlot(name),
      name,
      name,
      "lower-case letters, digits and _, at most 63: the replication slot at the server is called so; or parameters.slot_name",
    );
  else
    check
      .at(name)
      .require(
        isSlot(slot),
        "parameters.slot_name",
        slot,
        'at most 63 lower-case letters, digits and _, such as "orders_sub"',
      );
}

/**
 * Parameters that survive being applied a second time. When a Subscription changes, operator 1.30 leaves out what counts at
 * creation only, and with nothing left runs `ALTER SUBSCRIPTION … SET ()`, a syntax error (toSubscriptionAlterSQL). So one
 * that can be set is added, with the value that it has anyway.
 */
function changeable(parameters: Readonly<Record<string, string>> | undefined) {
  const names = Object.keys(parameters ?? {});
  return names.length > 0 && names.every((name) => atCreation.includes(name))
    ? { ...parameters, synchronous_commit: "off" }
    : parameters;
}

function decideCommon(
  check: Check,
  name: string,
  args: { readonly database: string; readonly parameters?: Readonly<Record<string, string>> },
  known: Readonly<Record<string, number>>,
  { cluster, databases, major }: LogicalBasis,
) {
  const at = check.at(name);
  check.parse(name, name, postgresIdentifier);
  at.require(
    databases.includes(args.database),
    "database",
    args.database,
    `one of the cluster's databases: ${databases.join(", ")}`,
  );
  for (const [parameter, value] of Object.entries(args.parameters ?? {})) {
    const since = Object.hasOwn(known, parameter) ? known[parameter] : undefined;
    at.require(
      since !== undefined && (major === undefined || since <= major),
      `parameters.${parameter}`,
      value,
      since === undefined
        ? `remove it: the parameters are ${Object.keys(known).join(", ")}`
        : `remove it with Postgres ${major}: it has it from ${since} on`,
    );
  }
  return {
    name,
    database: args.database,
    objectName: derivedName([cluster, objectNamePart(name)], 63),
    spec: { cluster: { name: cluster }, name, dbname: args.database },
  };
}

function given(parameters: Readonly<Record<string, string>> | undefined) {
  return parameters === undefined || Object.keys(parameters).length === 0
    ? {}
    : { parameters: { ...parameters } };
}
