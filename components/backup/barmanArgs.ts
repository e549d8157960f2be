import type { BackupSettings } from "../args/backup";
import type { Check } from "../check";
import { bad, formatBytes, good, type Parsed, parseSize } from "../units";
import { type BarmanCommand, barmanOption } from "./barmanOptions";

/** Barman's argument for the size at which it ends an archive of a base backup and begins the next one. */
const sizeArgument = "--max-archive-size";

/**
 * What CNPG and its plugin write into Barman's command themselves (barman-cloud `pkg/backup`, `pkg/archiver`, `pkg/command`), and
 * the setting for it, if there is one. They leave an argument of the same name out, without a word.
 */
const others = {
  jobs: "dataJobs",
  gzip: "a compression setting",
  bzip2: "a compression setting",
  lz4: "a compression setting",
  snappy: "a compression setting",
  xz: "a compression setting",
  zstd: "a compression setting",
  "endpoint-url": "backups.s3.endpoint",
  "cloud-provider": "backups.s3",
  user: undefined,
  name: undefined,
  host: undefined,
  port: undefined,
  dbname: undefined,
  parallel: "walParallel",
  "spool-dir": undefined,
} as const;

const argumentKeys: readonly BarmanCommand[] = ["dataArgs", "dataRestoreArgs", "walArgs", "walRestoreArgs"];

/** Checks the arguments of Barman's commands at the place where they were written. */
export function checkBarmanArgs(check: Check, settings: BackupSettings): void {
  for (const key of argumentKeys)
    for (const [i, text] of (settings[key] ?? []).entries())
      check.at(key).parse(i, text, (given) => barmanArgument(key, given));
  check.parse("maxArchiveSize", settings.maxArchiveSize, parseArchiveSize);
  const said = (settings.dataArgs ?? []).findIndex(isSize);
  if (said < 0) return;
  const at = check.at("dataArgs");
  at.parse(said, settings.dataArgs?.[said], archiveSizeOf);
  at.require(
    settings.maxArchiveSize === undefined,
    said,
    settings.dataArgs?.[said],
    "remove it with maxArchiveSize: one of both",
  );
}

/** At least what one file of a large table has, so that no archive is cut more often than there are files. */
function parseArchiveSize(text: string): Parsed<bigint> {
  const parsed = parseSize(text);
  if (!parsed.ok) return parsed;
  const bytes = parsed.value.bytes();
  return bytes >= leastArchive && bytes < mostArchive
    ? good(bytes)
    : bad('a size from "64Mi" to less than "1Ti"');
}

const MiB = 1024n * 1024n;
const GiB = 1024n * MiB;
const leastArchive = 64n * MiB;

/** `MAX_ARCHIVE_SIZE` of Barman, to which it caps what is more. */
const mostArchive = 1024n * GiB;

/**
 * The size of an archive that is asked for, in bytes; undefined if none is, or if it is not well formed, which
 * {@link checkBarmanArgs} reports.
 */
export function askedArchiveSize({ maxArchiveSize, dataArgs }: BackupSettings): bigint | undefined {
  const argument = dataArgs?.find(isSize);
  const parsed =
    maxArchiveSize !== undefined
      ? parseArchiveSize(maxArchiveSize)
      : argument !== undefined
        ? archiveSizeOf(argument)
        : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

/** Arguments of `barman-cloud-backup`, with the size of an archive, if there is a limit. */
export function backupArguments(settings: BackupSettings, archive: bigint | undefined): string[] {
  const given = settings.dataArgs ?? [];
  if (archive === undefined || given.some(isSize)) return [...given];
  return [`${sizeArgument}=${barmanSize(archive)}`, ...given];
}

/**
 * Bytes as Barman reads them (`check_size`): `GB` and `MB` count in 1024s there, and it is `GiB` that counts in 1000s.
 */
function barmanSize(bytes: bigint): string {
  if (bytes % GiB === 0n) return `${bytes / GiB}GB`;
  return bytes % MiB === 0n ? `${bytes / MiB}MB` : `${bytes}`;
}

function isSize(text: string): boolean {
  return text === sizeArgument || text.startsWith(`${sizeArgument}=`);
}

function archiveSizeOf(text: string): Parsed<bigint> {
  const allowed = `${sizeArgument}=<size> as Barman reads it, such as ${sizeArgument}=2GB; or maxArchiveSize in its place`;
  const [, digits, prefix = "", si, unit] =
    /^--max-archive-size=(\d+)(?:([KMGT])?(i)?(B))?$/i.exec(text) ?? [];
  if (digits === undefined || (si !== undefined && prefix === "")) return bad(allowed);
  const base = si === undefined ? 1024n : 1000n;
  const power = unit === undefined ? 0 : "KMGT".indexOf(prefix.toUpperCase()) + (prefix === "" ? 0 : 1);
  const bytes = BigInt(digits) * base ** BigInt(Math.max(0, power));
  if (bytes >= leastArchive && bytes < mostArchive) return good(bytes);
  return bad(`${allowed}, from 64MB to less than 1TB (this is ${formatBytes(bytes)})`);
}

/** One argument with its value: as two, CNPG would leave the second one out where it stands for something else already. */
function barmanArgument(command: BarmanCommand, text: string): Parsed<string> {
  const [, name, value] = /^--([a-z0-9][a-z0-9-]*)(?:=([\s\S]+))?$/.exec(text) ?? [];
  if (name === undefined)
    return bad('a long argument of Barman with its value behind "=", such as "--read-timeout=120"');
  if (!Object.hasOwn(others, name)) return barmanOption(command, name, value);
  const setting = others[name as keyof typeof others];
  const instead = setting === undefined ? "leave it out" : `set ${setting}`;
  return bad(`remove it: CNPG's own value stands before it and wins; ${instead}`);
}

/** Arguments under the name that they have in a manifest; nothing if there are none. */
export function argumentsAs<K extends string>(
  key: K,
  args: readonly string[] | undefined,
): { readonly [name in K]?: string[] } {
  return args === undefined || args.length === 0
    ? {}
    : ({ [key]: [...args] } as { readonly [name in K]: string[] });
}

/** Variables as a pod spec has them; what stands later goes over what stands before. */
export function environment(
  ...layers: readonly (Readonly<Record<string, string>> | undefined)[]
): { name: string; value: string }[] {
  return Object.entries(Object.assign({}, ...layers) as Record<string, string>).map(([name, value]) => ({
    name,
    value,
  }));
}
