import type { ApplicationArgs, CredentialsArgs } from "./credentials";

/** What becomes of the Postgres database, or of the role, when its resource is deleted. */
export const ReclaimPolicy = { Retain: "retain", Delete: "delete" } as const;
export type ReclaimPolicy = (typeof ReclaimPolicy)[keyof typeof ReclaimPolicy];

/** Where an extension goes and in which version. */
export interface ExtensionArgs {
  /** Version to create. @default the image's */
  version?: string;
  /** Schema to create it in: `public` or one of `schemas`. @default the first of the search path, usually `public` */
  schema?: string;
}

/** One database of a cluster. */
export interface DatabaseArgs {
  /** Role that owns it; it is created with a password of its own. @default the database's name */
  owner?: string;
  /**
   * A Secret in the cluster's namespace with `username` and `password` of the owner, made by somebody else.
   * @default a generated password, in the Secret `<cluster>-<owner>-credentials`
   */
  ownerSecret?: string;
  /** Where the owner's password comes from, instead of `ownerSecret`: one of these. @default `random` */
  ownerCredentials?: CredentialsArgs;
  /** Applications that log in as the owner; each gets a Secret in its own namespace. @default none */
  applications?: ApplicationArgs[];
  /** Extensions that a superuser has to create, such as `vector`. @default none */
  extensions?: string[];
  /** Version and schema of extensions named above. */
  extensionOptions?: { [extension: string]: ExtensionArgs };
  /** Schemas, owned by the database's owner. @default none but `public` */
  schemas?: string[];
  /**
   * Schemas, of those in `schemas`, that get three roles: `<database>_<schema>_owner`, which owns the schema and logs in to run migrations,
   * and the groups `…_writer` and `…_reader`, to stand in a role's `inRoles`.
   * @default none
   */
  schemaRoles?: string[];
  /**
   * Any text, such as today's date: one Job looks whether the owner's password is that of its Secret, and repairs it if it was
   * changed by hand. Another text is another Job.
   * @default none
   */
  syncOwnerPassword?: string;
  /** Connections that it takes at most; -1 is no limit. @default -1 */
  connectionLimit?: number;
  /** What becomes of it when it is taken out of the file. @default `retain` */
  reclaimPolicy?: ReclaimPolicy;
  /** Encoding; it can't change later. @default the cluster's */
  encoding?: string;
  /** Locale; it can't change later. @default the cluster's */
  locale?: string;
}

/** How the first database comes into being. All of it counts only when the cluster is created. */
export interface InitdbArgs {
  /** Which of `databases` initdb creates. Needed if there are several. */
  database?: string;
  /** Page checksums. @default `true` */
  dataChecksums?: boolean;
  /** Encoding of the databases. @default `UTF8` */
  encoding?: string;
  /** Collation order (`LC_COLLATE`). @default `C` */
  localeCollate?: string;
  /** Character classification (`LC_CTYPE`). @default `C` */
  localeCType?: string;
  /** Locale provider: `icu`, `libc` (from Postgres 15 on) or `builtin` (17). @default `libc` */
  localeProvider?: string;
  /** Locale of provider `icu`, such as `en-US`. */
  icuLocale?: string;
  /** Locale of provider `builtin`, such as `C.UTF-8`. */
  builtinLocale?: string;
  /** WAL segment size in MB, a power of two up to 1024. @default `16` */
  walSegmentSize?: number;
  /** SQL run as superuser in `postgres`. */
  postInitSQL?: string[];
  /** SQL run as superuser in the first database, after the extensions that it asks for. */
  postInitApplicationSQL?: string[];
  /** SQL run as superuser in `template1`. */
  postInitTemplateSQL?: string[];
}
