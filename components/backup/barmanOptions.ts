import { unknownWord } from "../nearest";
import { bad, good, type Parsed } from "../units";

/** Commands of Barman to which a stack file can add arguments, by the setting's name. */
export type BarmanCommand = "dataArgs" | "dataRestoreArgs" | "walArgs" | "walRestoreArgs";

/** What stands behind an argument's `=`: an example, and what is read; undefined for one that takes nothing. */
interface Value {
  readonly example: string;
  readonly format: RegExp;
}

const flag = undefined;
const size: Value = { example: "5MB", format: /^\d+([KMGT]i?)?B?$/i };
const tag: Value = { example: "owner,data-team", format: /^[^,\s][^,]*,.*\S$/ };
const any = (example: string): Value => ({ example, format: /\S/ });

/** Options of every command (`create_argument_parser` in barman/clients/cloud_cli.py, 3.19). */
const common: Options = {
  verbose: flag,
  quiet: flag,
  "read-timeout": { example: "120", format: /^[1-9]\d*$/ },
  "addressing-style": { example: "path", format: /^(auto|virtual|path)$/ },
  "aws-profile": any("backups"),
};

const uploads: Options = {
  ...common,
  tag,
  encryption: { example: "aws:kms", format: /^(AES256|aws:kms)$/ },
  "sse-kms-key-id": any("alias/backups"),
  "kms-key-name": any("projects/p/locations/l/keyRings/r/cryptoKeys/k"),
};

/** Each command prints something, or tries the connection, and ends with 0. */
const ending: readonly string[] = ["help", "version", "test"];

type Options = Readonly<Record<string, Value | undefined>>;

/**
 * What each command knows and a cluster's archive can use, as its own source has it (barman 3.19). Left out is what is for Azure,
 * for snapshots of cloud disks, and for the end of a recovery.
 */
const options: Readonly<Record<BarmanCommand, Options>> = {
  dataArgs: {
    ...uploads,
    "immediate-checkpoint": flag,
    "max-archive-size": any("2GB"),
    "min-chunk-size": size,
    "max-bandwidth": size,
  },
  walArgs: {
    ...uploads,
    "history-tag": tag,
    "compression-level": { example: "high", format: /^(low|medium|high|-?\d+)$/ },
  },
  dataRestoreArgs: common,
  walRestoreArgs: { ...common, "no-partial": flag },
};

/**
 * Reads one argument that is added to a command of Barman's: its long name in full, with its value behind `=`. Barman's parser
 * takes the beginning of a name for the whole, and ends with 3 on what it doesn't know: then no base backup, or no WAL file, is
 * ever archived.
 */
export function barmanOption(
  command: BarmanCommand,
  name: string,
  value: string | undefined,
): Parsed<string> {
  if (ending.includes(name))
    return bad(
      command === "walArgs"
        ? "remove it: with it the command ends well at once, CNPG takes every WAL file for archived, and Postgres removes it"
        : "remove it: with it the command ends well at once, and has done nothing",
    );
  const known = options[command];
  if (!Object.hasOwn(known, name))
    return bad(unknownWord("argument of this command that a backup can use", name, Object.keys(known)));
  const wanted = known[name];
  if (wanted === undefined) return value === undefined ? good(name) : bad(`--${name}, which takes no value`);
  return value !== undefined && wanted.format.test(value)
    ? good(name)
    : bad(`--${name}=<value>, such as --${name}=${wanted.example}`);
}
