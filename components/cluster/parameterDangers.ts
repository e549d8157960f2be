import type { ParameterValue } from "./parameterValue";

/** A value of a parameter that Postgres takes, and that is refused here. */
export interface Danger {
  readonly name: string;
  /** Which values, in words, for the documentation. */
  readonly values: string;
  readonly refused: (value: ParameterValue) => boolean;
  /** What to write instead. */
  readonly instead: string;
  /** What happens otherwise. */
  readonly because: string;
}

const off = (value: ParameterValue) => value === false;
const on = (value: ParameterValue) => value === true;
const zero = (value: ParameterValue) => value === 0;
const oneOf =
  (...words: readonly string[]) =>
  (value: ParameterValue) =>
    words.includes(String(value));

type Row = readonly [
  name: string,
  values: string,
  refused: Danger["refused"],
  instead: string,
  because: string,
];

const noPages =
  "it lets damage spread instead of stopping at it: pages are lost, and the backups have the damage too";
const oldTls = "TLS before 1.2 has known weaknesses, and RFC 8996 forbids it";

const rows: readonly Row[] = [
  // What ends archiving, or recovery and replicas with it.
  [
    "archive_library",
    "any library",
    (value) => value !== "",
    "remove it",
    "with a library Postgres does not call CNPG's archive_command, and no WAL reaches the bucket",
  ],
  [
    "archive_timeout",
    "0",
    zero,
    "a time such as 5min, CNPG's default",
    "without it a quiet database archives no WAL, and what was written last is in no backup",
  ],
  [
    "max_wal_senders",
    "0",
    zero,
    "remove it, or enough for replicas",
    "without WAL senders no replica can be made or follow",
  ],
  [
    "max_replication_slots",
    "0",
    zero,
    "remove it, or enough for replicas",
    "CNPG keeps a slot for every replica",
  ],
  // What makes a crash, or damage, into a loss.
  [
    "fsync",
    "off",
    off,
    "on, or left out",
    "after a crash of the node the database is corrupt, and so are its replicas and backups",
  ],
  [
    "full_page_writes",
    "off",
    off,
    "on, or left out",
    "after a crash, and in every base backup, pages can be half old and half new",
  ],
  ["zero_damaged_pages", "on", on, "remove it, and set in the one session that rescues data", noPages],
  ["ignore_checksum_failure", "on", on, "remove it, and set in the one session that rescues data", noPages],
  [
    "ignore_invalid_pages",
    "on",
    on,
    "remove it",
    "recovery goes on over missing pages, and hides that data are lost",
  ],
  [
    "ignore_system_indexes",
    "on",
    on,
    "remove it",
    "every session reads the catalogues without indexes, which is for repairs alone",
  ],
  [
    "session_replication_role",
    "replica",
    oneOf("replica"),
    "remove it, and set in the session that loads data",
    "no foreign key is checked and no trigger fires in any session",
  ],
  // What stops the upkeep, and the database with it in the end.
  [
    "autovacuum",
    "off",
    off,
    "on, or left out",
    "tables and indexes grow without end, until Postgres stops to prevent a wraparound",
  ],
  ["track_counts", "off", off, "on, or left out", "autovacuum does nothing without the counts"],
  [
    "huge_pages",
    "on",
    oneOf("on", "true", "yes", "1"),
    "try, or left out",
    "the pods have no huge pages, and Postgres does not start",
  ],
  // Who gets in, and how.
  [
    "password_encryption",
    "md5",
    oneOf("md5"),
    "scram-sha-256, or left out",
    "pg_hba asks for scram-sha-256, so that nobody comes in with a password that is set from then on, and md5 can be broken",
  ],
  [
    "ssl_min_protocol_version",
    "TLSv1, TLSv1.1",
    oneOf("TLSv1", "TLSv1.1"),
    "TLSv1.3, CNPG's default, or TLSv1.2",
    oldTls,
  ],
  ["ssl_max_protocol_version", "TLSv1, TLSv1.1", oneOf("TLSv1", "TLSv1.1"), "remove it", oldTls],
  ["lo_compat_privileges", "on", on, "remove it", "everybody can read and write every large object"],
  [
    "db_user_namespace",
    "on",
    on,
    "remove it",
    "roles get other names, and CNPG's own can't connect any more",
  ],
  // What CNPG sets over it.
  ["allow_alter_system", "any", () => true, "remove it", "CNPG sets it over what stands here, to off"],
];

/** Every value that is refused although Postgres takes it, besides what CNPG fixes. */
export const dangers: readonly Danger[] = rows.map(([name, values, refused, instead, because]) => ({
  name,
  values,
  refused,
  instead,
  because,
}));

/** What is wrong with a value of a parameter, under its plain name; undefined if nothing is. */
export function dangerOf(name: string, value: ParameterValue): string | undefined {
  const found = dangers.find((danger) => danger.name === name && danger.refused(value));
  return found && `${found.instead}: ${found.because}`;
}
