import type { Value } from "./parameters";

/** Whose business a danger is: the end of the rule's id, after `cnpg-parameter-`. */
export type DangerRule = "archiving" | "corruption" | "security" | "operation" | "advice";

/** A value of a parameter that is dangerous, or seldom meant. */
export interface Danger {
  readonly rule: DangerRule;
  readonly name: string;
  /** Which values, in words. */
  readonly values: string;
  readonly is: (value: Value) => boolean;
  /** What it does, and what to write instead. */
  readonly says: string;
}

const off = (value: Value) => value === false;
const on = (value: Value) => value === true;
const zero = (value: Value) => value === 0;
const some = (value: Value) => value !== "";
const any = () => true;
const word =
  (...words: readonly string[]) =>
  (value: Value) =>
    words.includes(String(value));
const above = (least: number) => (value: Value) => typeof value === "number" && value > least;
const below = (most: number) => (value: Value) => typeof value === "number" && value < most;

type Row = readonly [rule: DangerRule, name: string, values: string, is: Danger["is"], says: string];

const rescue = "Take it away, and set it in the one session that rescues data.";
const tls = "TLS before 1.2 has known weaknesses. Write TLSv1.3, which CNPG has by default, or TLSv1.2.";
const plainText =
  "writes passwords of CREATE ROLE and data of statements to the log. Log slow statements alone, or use pgaudit.";
const bloat = "lets tables grow long before they are vacuumed. Set it for the one table that needs it.";
const wraparound =
  "leaves little time before Postgres stops to prevent a wraparound. Write 1500000000 or less.";

/** Cipher names that offer no identity, no secrecy or a broken one, unless they are taken away with `!` or `-`. */
const weakCiphers =
  /(^|[:, +])(ALL|COMPLEMENTOFALL|aNULL|eNULL|NULL|ADH|AECDH|LOW|EXP|EXPORT|RC4|DES|MD5)([:, +]|$)/;

const rows: readonly Row[] = [
  [
    "archiving",
    "archive_library",
    "any library",
    some,
    "takes the place of CNPG's archive_command: no WAL reaches the bucket any more. Take it away.",
  ],
  [
    "archiving",
    "archive_timeout",
    "0",
    zero,
    "lets a quiet database archive nothing. Write a time such as 5min, CNPG's default.",
  ],
  [
    "archiving",
    "wal_level",
    "minimal",
    word("minimal"),
    "leaves nothing to archive or to replicate. Write replica or logical.",
  ],
  ["corruption", "zero_damaged_pages", "on", on, `empties damaged pages for good. ${rescue}`],
  ["corruption", "ignore_checksum_failure", "on", on, `lets damage spread, also into backups. ${rescue}`],
  ["corruption", "ignore_invalid_pages", "on", on, "lets recovery go on over missing pages. Take it away."],
  ["corruption", "ignore_system_indexes", "on", on, "is for repairs of the catalogue alone. Take it away."],
  [
    "corruption",
    "session_replication_role",
    "replica",
    word("replica"),
    "checks no foreign key and fires no trigger, in any session. Take it away, and set it in the session that loads data.",
  ],
  [
    "security",
    "password_encryption",
    "md5",
    word("md5"),
    "makes passwords that pg_hba's scram-sha-256 does not take, and that can be broken. Take it away.",
  ],
  [
    "security",
    "ssl_min_protocol_version",
    "TLSv1, TLSv1.1",
    word("TLSv1", "TLSv1.1"),
    `lets old clients in: ${tls}`,
  ],
  [
    "security",
    "ssl_max_protocol_version",
    "TLSv1, TLSv1.1",
    word("TLSv1", "TLSv1.1"),
    `allows nothing newer: ${tls}`,
  ],
  [
    "security",
    "lo_compat_privileges",
    "on",
    on,
    "lets everybody read and write every large object. Take it away.",
  ],
  [
    "security",
    "db_user_namespace",
    "on",
    on,
    "gives roles other names, so that CNPG's own can't connect. Take it away.",
  ],
  [
    "operation",
    "autovacuum",
    "off",
    off,
    "lets tables grow until Postgres stops to prevent a wraparound. Take it away, and set what one table needs for that table.",
  ],
  [
    "operation",
    "track_counts",
    "off",
    off,
    "leaves autovacuum without its counts: it does nothing. Take it away.",
  ],
  ["operation", "max_wal_senders", "0", zero, "leaves replicas nobody to follow. Take it away."],
  ["operation", "max_replication_slots", "0", zero, "leaves no slots for replicas. Take it away."],
  [
    "advice",
    "archive_timeout",
    "more than an hour",
    above(3600),
    "is as much as a quiet database loses. Write 5min, CNPG's default, or a little more.",
  ],
  ["advice", "wal_sender_timeout", "0", zero, "keeps connections to replicas that are gone. Take it away."],
  [
    "advice",
    "wal_receiver_timeout",
    "0",
    zero,
    "lets a replica wait for ever on a primary that is gone. Take it away.",
  ],
  [
    "advice",
    "track_activities",
    "off",
    off,
    "hides from pg_stat_activity, and so from CNPG's metrics, what sessions do. Take it away.",
  ],
  [
    "advice",
    "allow_alter_system",
    "any",
    any,
    "is set over by CNPG. Take it away, and write spec.postgresql.enableAlterSystem if it is meant.",
  ],
  [
    "advice",
    "default_transaction_read_only",
    "on",
    on,
    "also keeps CNPG from making roles, databases and extensions. Set it for the roles that only read.",
  ],
  [
    "advice",
    "row_security",
    "off",
    off,
    "makes every statement fail that a policy would apply to. Take it away, and set it for the role that dumps.",
  ],
  ["advice", "log_statement", "ddl, mod, all", word("ddl", "mod", "all"), plainText],
  ["advice", "log_min_duration_statement", "0", zero, plainText],
  [
    "advice",
    "log_min_messages",
    "fatal, panic",
    word("fatal", "panic"),
    "hides errors, among them those of archiving. Take it away.",
  ],
  [
    "advice",
    "superuser_reserved_connections",
    "0",
    zero,
    "leaves CNPG no connection when applications have taken all. Take it away.",
  ],
  ["advice", "exit_on_error", "on", on, "ends every session at its first error. Take it away."],
  [
    "advice",
    "idle_session_timeout",
    "more than 0",
    above(0),
    "ends sessions that wait, those of pools and of base backups among them. Set it for the roles that people log in as.",
  ],
  [
    "advice",
    "statement_timeout",
    "more than 0",
    above(0),
    "counts for CNPG's and Barman's sessions too, also while a base backup waits for its checkpoint. Set it for the roles of applications.",
  ],
  [
    "advice",
    "huge_pages",
    "on",
    word("on", "true", "yes", "1"),
    "keeps Postgres from starting where the pods have no huge pages. Request them in spec.resources, or write try.",
  ],
  [
    "advice",
    "io_method",
    "io_uring",
    word("io_uring"),
    "needs system calls that the default seccomp profile of container runtimes forbids: Postgres does not start. Write worker.",
  ],
  [
    "advice",
    "vacuum_defer_cleanup_age",
    "more than 0",
    above(0),
    "could corrupt data, and is gone since Postgres 16. Use hot_standby_feedback.",
  ],
  [
    "advice",
    "old_snapshot_threshold",
    "0 or more",
    above(-1),
    "could give wrong results, and is gone since Postgres 17. Take it away.",
  ],
  [
    "advice",
    "autovacuum_naptime",
    "more than an hour",
    above(3600),
    "lets tables grow in between. Take it away.",
  ],
  ["advice", "autovacuum_vacuum_scale_factor", "1 or more", above(0.999), bloat],
  ["advice", "autovacuum_freeze_max_age", "more than 1500000000", above(1_500_000_000), wraparound],
  ["advice", "autovacuum_multixact_freeze_max_age", "more than 1500000000", above(1_500_000_000), wraparound],
  [
    "advice",
    "ssl_ciphers",
    "weak ones",
    (value) => weakCiphers.test(String(value)),
    "names ciphers without identity, without secrecy, or with a broken one. Take it away, or exclude them with !.",
  ],
  [
    "advice",
    "krb_caseins_users",
    "on",
    on,
    "takes names of Kerberos in any letters for one role. Write them as they are.",
  ],
  [
    "advice",
    "gss_accept_delegation",
    "on",
    on,
    "gives the server its clients' Kerberos credentials. Take it away unless a foreign server needs them.",
  ],
  [
    "advice",
    "scram_iterations",
    "less than 4096",
    below(4096),
    "makes passwords easier to find from what is stored. Take it away.",
  ],
  [
    "advice",
    "standard_conforming_strings",
    "off",
    off,
    "makes a backslash an escape in every string, which opens applications to SQL injection. Take it away.",
  ],
  [
    "advice",
    "backslash_quote",
    "on",
    word("on", "true", "yes", "1"),
    "opens applications to SQL injection in some encodings. Take it away.",
  ],
];

/** Every value that a rule has something to say of; `cnpg-fsync` and `cnpg-synchronous-commit` have theirs besides. */
export const dangers: readonly Danger[] = rows.map(([rule, name, values, is, says]) => ({
  rule,
  name,
  values,
  is,
  says,
}));
