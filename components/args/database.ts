import type { ApplicationArgs, CredentialsArgs } from "./credentials";

/** What becomes of the Postgres database, or of the role, when its resource is deleted. */
export const ReclaimPolicy = { Retain: "retain", Delete: "delete" } as const;
export type ReclaimPolicy = (typeof ReclaimPolicy)[keyof typeof ReclaimPolicy];

/** Where an extension goes and in which version. */
export interface ExtensionArgs {
  /** Default: the version that the image carries. */
  version?: string;
  /** Default: the first schema of the search path, usually `public`. */
  schema?: string;
}

/** One database of a cluster. */
export interface DatabaseArgs {
  /** Role that owns it; it is created with a password of its own. Default: the database's name. */
  owner?: string;
  /**
   * A Secret in the cluster's namespace with `username` and `password` of the owner, made by somebody else.
   * Default: a generated password, in the Secret `<cluster>-<owner>-credentials`.
   */
  ownerSecret?: string;
  /** Where the owner's password comes from, instead of `ownerSecret`. Default: a generated one. */
  ownerCredentials?: CredentialsArgs;
  /** Applications that log in as the owner; each gets a Secret in its own namespace. Default: none. */
  applications?: ApplicationArgs[];
  /** Extensions that a superuser has to create, such as `vector`. Default: none. */
  extensions?: string[];
  /** Version and schema of extensions named above. */
  extensionOptions?: { [extension: string]: ExtensionArgs };
  /** Schemas, owned by the database's owner. Default: none but `public`. */
  schemas?: string[];
  /**
   * Those of `schemas` that get three roles: `<database>_<schema>_owner`, which owns the schema and logs in to run
   * migrations, and the groups `…_writer` and `…_reader`, to stand in a role's `inRoles`. Default: none.
   */
  schemaRoles?: string[];
  /**
   * Any text, such as today's date: one Job looks whether the owner's password is that of its Secret, and repairs it if it was
   * changed by hand. Another text is another Job. Default: none.
   */
  syncOwnerPassword?: string;
  /** Connections that it takes at most; -1 is no limit. Default: -1. */
  connectionLimit?: number;
  /** Default: `retain`. */
  reclaimPolicy?: ReclaimPolicy;
  /** Default: the cluster's. It can't change later. */
  encoding?: string;
  /** Default: the cluster's. It can't change later. */
  locale?: string;
}

/** How the first database comes into being. All of it counts only when the cluster is created. */
export interface InitdbArgs {
  /** Which of `databases` initdb creates. Needed if there are several. */
  database?: string;
  /** Page checksums. Default: `true`. */
  dataChecksums?: boolean;
  /** Default: `UTF8`. */
  encoding?: string;
  /** Default: `C`, as CNPG has it. */
  localeCollate?: string;
  /** Default: `C`. */
  localeCType?: string;
  /** Locale provider: `icu`, `libc` or `builtin`. Default: libc. */
  localeProvider?: string;
  /** Locale of provider `icu`, such as `en-US`. */
  icuLocale?: string;
  /** Locale of provider `builtin`, such as `C.UTF-8`. */
  builtinLocale?: string;
  /** WAL segment size in MB, a power of two up to 1024. Default: 16. */
  walSegmentSize?: number;
  /** SQL run as superuser in `postgres`. */
  postInitSQL?: string[];
  /** SQL run as superuser in the first database, after the extensions that it asks for. */
  postInitApplicationSQL?: string[];
  /** SQL run as superuser in `template1`. */
  postInitTemplateSQL?: string[];
}
