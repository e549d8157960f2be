import { type DatabaseArgs, type ExtensionArgs, type InitdbArgs, ReclaimPolicy } from "../components/index";
import { applications, ownerCredentials } from "./rolesSchema";
import { choice, described, flag, group, listOf, mapOf, number, text } from "./shape";

export const database = group<DatabaseArgs>({
  owner: text("Role that owns it. Default: the database's name."),
  ownerSecret: text("Existing Secret with the owner's `username` and `password`. Default: a generated one."),
  ownerCredentials,
  applications: described(
    applications,
    "Applications that log in as the owner; each gets a Secret in its own namespace. Default: none.",
  ),
  extensions: listOf(text(""), "Extensions, created as superuser, such as `vector`. Default: none."),
  extensionOptions: mapOf(
    group<ExtensionArgs>({
      version: text("Default: the image's."),
      schema: text("`public` or one of `schemas`."),
    }),
    "Version and schema of extensions named above.",
  ),
  schemas: listOf(text(""), "Schemas, owned by the owner. Default: none but `public`."),
  schemaRoles: listOf(
    text(""),
    "Those of `schemas` that get the roles `<database>_<schema>_owner`, `…_writer` and `…_reader`. Default: none.",
  ),
  syncOwnerPassword: text(
    "Any text, such as today's date: one Job repairs the owner's password if it was changed by hand. Default: none.",
  ),
  connectionLimit: number("Default: -1, no limit."),
  reclaimPolicy: choice(
    ReclaimPolicy,
    "What becomes of it when it is taken out of the file. Default: `retain`.",
  ),
  encoding: text("Default: the cluster's. It can't change later."),
  locale: text("Default: the cluster's. It can't change later."),
});
export const initdb = group<InitdbArgs>({
  database: text("Which of `databases` initdb creates. Needed if there are several."),
  dataChecksums: flag("Page checksums. Default: `true`."),
  encoding: text("Default: `UTF8`."),
  localeCollate: text("Default: `C`."),
  localeCType: text("Default: `C`."),
  localeProvider: text("`icu`, `libc` (Postgres 15) or `builtin` (17). Default: `libc`."),
  icuLocale: text("Locale of provider `icu`, such as `en-US`."),
  builtinLocale: text("Locale of provider `builtin`."),
  walSegmentSize: number("MB, a power of two up to 1024. Default: 16."),
  postInitSQL: listOf(text(""), "SQL run as superuser in `postgres`."),
  postInitApplicationSQL: listOf(text(""), "SQL run as superuser in the first database."),
  postInitTemplateSQL: listOf(text(""), "SQL run as superuser in `template1`."),
});
