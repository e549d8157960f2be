import {
  type ApplicationArgs,
  ApplicationService,
  ApplicationSslMode,
  type CredentialsArgs,
  type ExternalSecretCredentials,
  type GeneratorCredentials,
  type GrantArgs,
  type RandomCredentials,
  ReclaimPolicy,
  type RoleArgs,
  RolesAs,
  RotationMode,
  SecretStoreKind,
} from "../components/index";
import { choice, described, flag, group, listOf, mapOf, number, required, text } from "./shape";

/* Roles, where their passwords come from, and who logs in as them. */

const credentials = group<CredentialsArgs>({
  random: group<RandomCredentials>(
    {
      length: number("Letters and digits, 20 to 128. Default: 32."),
      rotation: number("Which password it is: another number is another password. Default: 1."),
    },
    "Made by Pulumi.",
  ),
  secret: text("Existing Secret in the cluster's namespace with `username` and `password`."),
  sops: text("Secret that GitOps makes of an encrypted manifest, as those of the applications."),
  externalSecret: group<ExternalSecretCredentials>(
    {
      store: required(text("Name of the store."), "missing"),
      kind: choice(SecretStoreKind, "Default: `ClusterSecretStore`."),
      key: required(text("Where in the store the password is, such as `orders/reporting`."), "missing"),
      property: text("Which part of what is there. Default: all of it."),
      refreshInterval: text("How often the store is asked, such as `15m`. Default: `1h`."),
    },
    "Read from a store by External Secrets Operator.",
  ),
  generator: group<GeneratorCredentials>(
    {
      length: number("Characters, 20 to 128. Default: 32."),
      digits: number("How many of them are digits. Default: a quarter."),
      symbols: number("How many of them are symbols. Default: 0."),
      symbolCharacters: text("Which symbols. Default: the generator's."),
      noUpper: flag("Whether there are no capital letters. Default: `false`."),
      refreshInterval: text("How often it makes another password; `0s` is once. Default: `0s`."),
    },
    "Made by External Secrets Operator.",
  ),
});

/** Where the password of a database's owner comes from. */
export const ownerCredentials = described(
  credentials,
  "Where the owner's password comes from, instead of `ownerSecret`: one of these. Default: `random`.",
);

/** Who logs in as a role, or as the owner of a database. */
export const applications = listOf(
  group<ApplicationArgs>({
    namespace: required(text("Namespace of the application, which has to exist."), "missing"),
    secret: text("Name of its Secret. Default: `<cluster>-<role>`."),
    service: choice(
      ApplicationService,
      "`rw` the primary, `ro` the replicas, `r` any instance. Default: `rw`.",
    ),
    pooler: text("One of `poolers` that `host` and `uri` lead to; the others lead past it. Default: none."),
    sslmode: choice(
      ApplicationSslMode,
      "`require`, or `verify-full`, which also gets the CA to its namespace. Default: `require`.",
    ),
    sslrootcert: text(
      "With `verify-full`: path of the CA's certificate in its container. Default: `/etc/<cluster>/ca.crt`.",
    ),
    store: text("SecretStore in its namespace, where the role's is one of the cluster's namespace."),
  }),
  "Applications that log in as it; each gets a Secret in its own namespace. Default: none.",
);

/** What a role may do in a database. */
const grants = mapOf(
  group<GrantArgs>({
    connect: flag("`CONNECT`, which nobody else has any more. Default: `true`."),
    read: listOf(text(""), 'Schemas, or `"*"`: `SELECT` on tables, views and sequences. Default: none.'),
    write: listOf(
      text(""),
      "Schemas: `INSERT`, `UPDATE`, `DELETE` on tables, `USAGE` on sequences. Default: none.",
    ),
    createTables: listOf(text(""), "Schemas: `CREATE` there, and `TEMPORARY`. Default: none."),
    createSchema: flag("`CREATE` on the database. Default: `false`."),
    executeFunctions: listOf(
      text(""),
      "Schemas: `EXECUTE` on functions and procedures, which nobody else has any more. Default: none.",
    ),
    defaultPrivileges: flag(
      "Whether `read`, `write` and `executeFunctions` hold for what is created later too. Default: `true`.",
    ),
    metadataAccess: flag("`USAGE` on all schemas, so that names resolve. Default: `false`."),
    manageRoles: flag("The attribute `CREATEROLE`, in the whole cluster. Default: `false`."),
  }),
  'What it may do, by database; schemas are `public`, those of `schemas`, or `"*"` for all. Default: nothing.',
);

/** `roles` of a cluster. */
export const roles = mapOf(
  group<RoleArgs>({
    login: flag("Whether it can log in; `false` is a group. Default: `true`."),
    createdb: flag("Whether it may create databases. Default: `false`."),
    createrole: flag("Whether it may create and change roles. Default: `false`."),
    inherit: flag("Whether it has the rights of the roles that it is in at once. Default: `true`."),
    bypassrls: flag("Whether row security does not hold for it. Default: `false`."),
    replication: flag("Whether it may replicate, for change data capture. Default: `false`."),
    inRoles: listOf(
      text(""),
      "Roles that it is a member of: declared ones, or Postgres' own such as `pg_read_all_data`. Default: none.",
    ),
    connectionLimit: number("Default: -1, no limit."),
    validUntil: text("When its password expires, such as `2027-01-01T00:00:00Z`. Default: never."),
    comment: text("Comment in Postgres."),
    database: text("The database that its Secrets lead to. Default: the first one."),
    reclaimPolicy: choice(
      ReclaimPolicy,
      "What becomes of it in Postgres when it is taken out of the file; `delete` only in dev. Default: `retain`.",
    ),
    disablePassword: flag("Whether it has no password at all. Default: `false`."),
    clientCertificate: flag(
      "Whether it logs in with a certificate that CNPG makes, and only with that. Default: `false`.",
    ),
    credentials: described(credentials, "Where its password comes from: one of these. Default: `random`."),
    rotationMode: choice(
      RotationMode,
      "`inPlace`, or `twoUsers` that take turns, so that no client is refused. Default: `inPlace`.",
    ),
    applications,
    grants,
    syncPassword: text(
      "Any text, such as today's date: one Job repairs the password if it was changed by hand. Default: none.",
    ),
  }),
  "Roles beside the owners of databases, by name. Default: none.",
);

export const rolesAs = choice(
  RolesAs,
  "How CNPG is told of `roles`: `DatabaseRole` resources, or `managed.roles` of the Cluster. Default: `databaseRole`, and `managed` with an operator before 1.30.",
);
