/** The programs of Barman that CNPG runs with arguments of the user's. */
export type Program =
  | "barman-cloud-wal-archive"
  | "barman-cloud-wal-restore"
  | "barman-cloud-backup"
  | "barman-cloud-restore";

/** An option of a program. */
export interface Option {
  /** Its first name, by which it is known. */
  readonly name: string;
  /** `ends`: the program prints something or tests the connection, and ends with success. `many`: as many values as follow. */
  readonly takes: "nothing" | "value" | "many";
  readonly ends: boolean;
  /** What its value may be: `size`, `int`, `count`, or words with `|` between them; empty for any. */
  readonly value: string;
  /** Options of one group exclude each other. */
  readonly group: string | undefined;
}

/** Names, then `!` for one that ends, `=` for a value (and what it may be), `*` for several, `@` for its group. */
const common = `
  -V --version !
  --help !
  -v --verbose @verbosity
  -q --quiet @verbosity
  -t --test !
  --cloud-provider =aws-s3|azure-blob-storage|google-cloud-storage
  --endpoint-url =
  -P --aws-profile =
  --profile =
  --read-timeout =int
  --addressing-style =auto|virtual|path
  --azure-credential --credential --default =azure-cli|managed-identity|default`;

const upload = `
  -z --gzip @compression
  -j --bzip2 @compression
  --snappy @compression
  --lz4 @compression
  --tags * @tags
  --tag = @tags
  --kms-key-name =
  -e --encryption =AES256|aws:kms
  --sse-kms-key-id =
  --encryption-scope =`;

/** Barman 3.19 (`barman/clients/cloud_*.py`). */
const options: Readonly<Record<Program, string>> = {
  "barman-cloud-wal-archive": `${common}${upload}
  --xz @compression
  --zstd @compression
  --compression-level =
  --history-tags * @history
  --history-tag = @history
  --max-block-size =size
  --max-concurrency =count
  --max-single-put-size =size`,
  "barman-cloud-wal-restore": `${common}
  --no-partial
  -p --parallel =int
  --spool-dir =`,
  "barman-cloud-backup": `${common}${upload}
  -h --host =
  -p --port =
  -U --user =
  --immediate-checkpoint
  -J --jobs =count
  -S --max-archive-size =size
  --min-chunk-size =size
  --max-bandwidth =size
  -d --dbname =
  -n --name =
  --snapshot-instance =
  --snapshot-disk =
  --snapshot-zone =
  --snapshot-gcp-project =
  --gcp-project =
  --gcp-zone =
  --aws-region =
  --aws-await-snapshots-timeout =count
  --aws-snapshot-lock-mode =governance|compliance
  --aws-snapshot-lock-cool-off-period =int
  --aws-snapshot-lock-expiration-date = @lock
  --aws-snapshot-lock-duration =int @lock
  --azure-subscription-id =
  --azure-resource-group =`,
  "barman-cloud-restore": `${common}
  --tablespace =
  --snapshot-recovery-instance =
  --snapshot-recovery-zone =
  --aws-region =
  --gcp-zone =
  --azure-resource-group =
  --target-tli =
  --target-lsn = @target
  --target-time = @target`,
};

const read = new Map<Program, ReadonlyMap<string, Option>>();

/** The options of a program, by all of their names. */
export function optionsOf(program: Program): ReadonlyMap<string, Option> {
  let known = read.get(program);
  if (known === undefined) {
    known = new Map(options[program].trim().split("\n").flatMap(optionIn));
    read.set(program, known);
  }
  return known;
}

function optionIn(line: string): [string, Option][] {
  const words = line.trim().split(" ");
  const names = words.filter((word) => word.startsWith("-"));
  const value = words.find((word) => word.startsWith("="));
  const takes = value !== undefined ? "value" : words.includes("*") ? "many" : "nothing";
  const group = words.find((word) => word.startsWith("@"));
  const option: Option = {
    name: names.at(-1) ?? "",
    takes,
    ends: words.includes("!"),
    value: value?.slice(1) ?? "",
    group,
  };
  return names.map((name) => [name, option]);
}

/** Whether Barman takes a value; what it means is the store's affair. */
export function takesValue({ value: form }: Option, text: string): boolean {
  if (form === "") return true;
  if (form === "size")
    return /^\s*\+?[\d_]*\.?[\d_]*(e\d+)?([KMGTPEZY]?I?B)?\s*$/i.test(text) && /\d/.test(text);
  if (form === "int") return /^\s*[+-]?[\d_]+\s*$/.test(text);
  if (form === "count") return /^\s*\+?[\d_]*[1-9][\d_]*\s*$/.test(text);
  return form.split("|").includes(text);
}
