import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Rule } from "../core/rule";
import { parseArguments, type Request } from "./arguments";
import { type Baseline, BaselineFile } from "./baseline";
import { loadSettings, UsageError } from "./config";
import { examplesOf } from "./examples";
import { reasonOf } from "./files";
import { type Change, fixFiles } from "./fix/apply";
import { explain, help, listRules } from "./help";
import { type Asked, type Judged, judge } from "./judging";
import { allRules } from "./lint";
import { formatGithub } from "./output/github";
import { formatJson } from "./output/json";
import { countsOf, harmless, type Report } from "./output/report";
import { formatSarif } from "./output/sarif";
import { formatText, summaryOf } from "./output/text";

/** What the linter takes from the process that runs it. */
export interface Terminal {
  readonly workingDirectory: string;
  /** All of the standard input. */
  readonly stdin: () => Promise<Buffer>;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether the report may be coloured. */
  readonly colours: boolean;
}

/** Exit codes. */
export const CLEAN = 0;
export const FINDINGS = 1;
export const USAGE = 2;

/** Runs the linter; returns its exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const request = parseArguments(args);
    const told = answer(request);
    if (told === undefined) return await judgeAsked(request, terminal);
    terminal.out(told);
    return CLEAN;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const line of error.message.split("\n")) terminal.error(`error: ${harmless(line)}\n`);
    return USAGE;
  }
}

/** What can be told without judging anything. */
function answer(request: Request): string | undefined {
  if (request.help) return help;
  if (request.version) return `${ownVersion()}\n`;
  if (request.listRules) return listRules(allRules, request.format === "json");
  const { explain: id } = request;
  return id === undefined ? undefined : explain(ruleOf(id), examplesOf(id));
}

async function judgeAsked(request: Request, terminal: Terminal): Promise<number> {
  const { paths, rules: ids, before, config, pack, production, maxWarnings = Infinity } = request;
  const { workingDirectory } = terminal;
  if (paths.length === 0) throw new UsageError("what to judge? Name files, folders, or - ; see --help");
  const settings = loadSettings(
    config,
    { ...(pack !== undefined && { pack }), ...(production !== undefined && { production }) },
    allRules,
    workingDirectory,
  );
  // A document that can't be read breaks every rule that would have judged it.
  const rules = ids.length === 0 ? allRules : [...new Set([...ids, "cnpg-unreadable"])].map(ruleOf);
  const stdin = [...paths, ...before].includes("-") ? await terminal.stdin() : "";
  const asked: Asked = { settings, rules, stdin, workingDirectory, version: ownVersion() };
  const judged = mended(request, asked, terminal);
  if (request.writeBaseline && request.baseline !== undefined && judged.failures.length === 0)
    return writeBaseline(judged, request.baseline, terminal);
  const report = withBaseline(judged, request, workingDirectory);
  print(report, request, terminal);
  for (const note of report.notes) terminal.error(`note: ${harmless(note)}\n`);
  for (const failure of judged.failures) terminal.error(`error: ${harmless(failure)}\n`);
  if (judged.failures.length > 0) return USAGE;
  const { mandatory, advisory } = countsOf(report.entries);
  return mandatory > 0 || advisory > maxWarnings ? FINDINGS : CLEAN;
}

/** What there is to say; with --fix after what can be mended has been, and of the files as they are then. */
function mended(request: Request, asked: Asked, terminal: Terminal): Judged {
  const judged = judge(request, asked);
  if (!request.fix) return judged;
  const { entries } = withBaseline(judged, request, asked.workingDirectory);
  const { changes, notes } = fixFiles(
    entries.map(({ finding }) => finding),
    asked.workingDirectory,
  );
  for (const change of changes) terminal.error(`fixed: ${harmless(toldOf(change))}\n`);
  for (const note of notes) terminal.error(`note: ${harmless(note)}\n`);
  return changes.length === 0 ? judged : judge(request, asked);
}

/** What was changed. What stood where something was taken away, or put into quotes, may be a secret. */
function toldOf({ file, line, path, fix, before, after, finding }: Change): string {
  const what =
    "remove" in fix
      ? "taken away"
      : "quoted" in fix
        ? "put into quotes"
        : before === ""
          ? `added ${after.replace(/\s*\n\s*/g, " ")}`
          : `${before} → ${after}`;
  return `${file}:${line}: ${path}: ${what} (${finding.rule.id})`;
}

/** The report without what the baseline knows; writes the baseline if that was asked for. */
function withBaseline({ report, files }: Judged, request: Request, workingDirectory: string): Report {
  const { baseline, writeBaseline } = request;
  if (baseline === undefined || writeBaseline) return report;
  const file = new BaselineFile(baseline, workingDirectory);
  const { fresh, known, gone } = file.part(file.read(), report.entries, files);
  const rules = [...new Set(gone.map(({ rule }) => rule))].join(", ");
  const note = `${gone.length} of the findings in ${baseline} do not occur any more (${rules}): take them out with --write-baseline.`;
  return {
    ...report,
    entries: fresh,
    suppressed: [...report.suppressed, ...known.map((entry) => ({ entry, by: "baseline" as const }))],
    notes: gone.length === 0 ? report.notes : [...report.notes, note],
  };
}

function writeBaseline({ report, files }: Judged, baseline: string, terminal: Terminal): number {
  const text = new BaselineFile(baseline, terminal.workingDirectory).textOf(report.entries, files);
  write(baseline, text, "--baseline", terminal);
  const { length } = (JSON.parse(text) as Baseline).findings;
  terminal.out(`${baseline} has ${length} ${length === 1 ? "finding" : "findings"} now.\n`);
  return CLEAN;
}

function print(report: Report, { format, output }: Request, terminal: Terminal): void {
  const text = {
    text: () => formatText(report, terminal.colours && output === undefined),
    json: () => formatJson(report),
    sarif: () => formatSarif(report),
    github: () => formatGithub(report),
  }[format]();
  if (output === undefined) {
    terminal.out(text);
    return;
  }
  write(output, text, "--output", terminal);
  terminal.error(`${summaryOf(report)}\n`);
}

/** @throws UsageError */
function write(file: string, text: string, flag: string, { workingDirectory }: Terminal): void {
  try {
    writeFileSync(resolve(workingDirectory, file), text);
  } catch (error) {
    throw new UsageError(`${flag} ${file}: ${reasonOf(error)}`);
  }
}

/** @throws UsageError with ids that are like it */
function ruleOf(id: string): Rule {
  const found = allRules.find((rule) => rule.id === id);
  if (found !== undefined) return found;
  const words = id.split("-");
  const common = (rule: Rule) => rule.id.split("-").filter((word) => words.includes(word)).length;
  const like = allRules
    .filter((rule) => common(rule) > 1)
    .sort((x, y) => common(y) - common(x))
    .map((rule) => rule.id);
  const hint = like.length === 0 ? "" : ` Similar: ${like.slice(0, 3).join(", ")}.`;
  throw new UsageError(`there is no rule ${id}.${hint} --list-rules prints all.`);
}

/** The version in the package's own file, which is somewhere above, compiled or not. */
function ownVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
    } catch {
      // One further up.
    }
  }
  return "0.0.0";
}
