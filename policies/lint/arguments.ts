import { parseArgs } from "node:util";
import type { Pack } from "../core/rule";
import { UsageError } from "./config";

export const formats = ["text", "json", "sarif", "github"] as const;
export type Format = (typeof formats)[number];
const packs: readonly Pack[] = ["recommended", "strict", "advisory"];

/** What the command line asks for. */
export interface Request {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly output?: string;
  readonly pack?: Pack;
  readonly config?: string;
  readonly before: readonly string[];
  readonly production?: boolean;
  /** Ids of the only rules to ask; none stands for all. */
  readonly rules: readonly string[];
  readonly maxWarnings?: number;
  /** Prints what both halves of every Cluster say. */
  readonly compare: boolean;
  /** A placeholder that a rule would have to know is a finding, and no note. */
  readonly failOnUndecided: boolean;
  /** Mends what has one right value alone. */
  readonly fix: boolean;
  /** File with findings that are known. */
  readonly baseline?: string;
  readonly writeBaseline: boolean;
  readonly explain?: string;
  readonly listRules: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const options = {
  format: { type: "string", default: "text" },
  output: { type: "string" },
  pack: { type: "string" },
  config: { type: "string" },
  before: { type: "string", multiple: true },
  production: { type: "string" },
  dev: { type: "boolean", default: false },
  "fail-on-undecided": { type: "boolean", default: false },
  rule: { type: "string", multiple: true },
  "max-warnings": { type: "string" },
  compare: { type: "boolean", default: false },
  fix: { type: "boolean", default: false },
  baseline: { type: "string" },
  "write-baseline": { type: "boolean", default: false },
  explain: { type: "string" },
  "list-rules": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

/**
 * Reads the command line.
 *
 * @throws UsageError
 */
export function parseArguments(args: readonly string[]): Request {
  const end = args.indexOf("--");
  // A flag that may stand alone and may have a value: the parser knows only the one or the other.
  const whole = args.map((arg, i) =>
    arg === "--production" && (end < 0 || i < end) ? "--production=true" : arg,
  );
  const { values, positionals } = parsed(whole);
  const { output, config, explain, fix, baseline } = values;
  const writeBaseline = values["write-baseline"];
  if (fix && positionals.includes("-"))
    throw new UsageError("--fix: names files and folders; the standard input can't be changed");
  if (writeBaseline && baseline === undefined)
    throw new UsageError("--write-baseline: name the file by --baseline FILE");
  const maxWarnings = values["max-warnings"];
  if (maxWarnings !== undefined && !/^\d+$/.test(maxWarnings))
    throw new UsageError(`--max-warnings ${maxWarnings}: a number, 0 or more`);
  const format = choice("format", values.format, formats);
  if (values.compare && format !== "text" && format !== "json")
    throw new UsageError(`--compare: with --format text or json, and not with ${format}`);
  if (values.dev && values.production !== undefined)
    throw new UsageError("--dev is --production=false: write one of them");
  const said = values.dev ? "false" : values.production;
  const production = said === undefined ? undefined : choice("production", said, ["true", "false"]);
  return {
    paths: positionals,
    format,
    compare: values.compare,
    failOnUndecided: values["fail-on-undecided"],
    fix,
    writeBaseline,
    before: values.before ?? [],
    rules: (values.rule ?? []).flatMap((ids) => ids.split(",")).filter((id) => id !== ""),
    listRules: values["list-rules"],
    help: values.help,
    version: values.version,
    ...(output !== undefined && { output }),
    ...(config !== undefined && { config }),
    ...(baseline !== undefined && { baseline }),
    ...(explain !== undefined && { explain }),
    ...(values.pack !== undefined && { pack: choice("pack", values.pack, packs) }),
    ...(production !== undefined && { production: production === "true" }),
    ...(maxWarnings !== undefined && { maxWarnings: Number(maxWarnings) }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's own words name the option, and may go on with advice about its parser.
    throw new UsageError((error as Error).message.replace(/\. To specify a positional.*/s, ""));
  }
}

function choice<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`--${name} ${value}: one of ${allowed.join(", ")}`);
  return found;
}
