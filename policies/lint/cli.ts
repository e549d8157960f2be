import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Finding } from "../core/judge";
import type { Rule } from "../core/rule";
import { parseArguments, type Request } from "./arguments";
import { comparisons } from "./comparisons";
import { loadSettings, UsageError } from "./config";
import { examplesOf } from "./examples";
import { reasonOf } from "./files";
import { explain, help, listRules } from "./help";
import { allRules, lint } from "./lint";
import { formatGithub } from "./output/github";
import { formatJson } from "./output/json";
import { countsOf, entriesOf, harmless, type Report, undecidedNotes } from "./output/report";
import { formatSarif } from "./output/sarif";
import { formatText, summaryOf } from "./output/text";
import { type ReadResult, readPaths } from "./read";

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
    if (told === undefined) return await judge(request, terminal);
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

async function judge(request: Request, terminal: Terminal): Promise<number> {
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
  const read = readPaths(paths, { stdin, workingDirectory });
  const earlier = before.length === 0 ? undefined : readPaths(before, { stdin, workingDirectory });
  const { findings, notes, faults } = lint(read.resources, {
    settings,
    rules,
    unreadable: read.unreadable,
    ...(earlier !== undefined && { before: earlier.resources }),
  });
  // A placeholder is no mistake of whoever wrote it; `strict` wants to know all the same.
  const noted = (finding: Finding) => settings.pack !== "strict" && finding.kind === "undecided";
  const report: Report = {
    entries: entriesOf(findings.filter((finding) => !noted(finding))),
    notes: [
      ...read.notes,
      ...undecidedNotes(entriesOf(findings.filter(noted))),
      ...notes,
      ...(read.resources.length === 0 ? [nothing(read)] : []),
    ],
    ...(request.compare && { comparisons: comparisons(read.resources, { settings, rules }) }),
    rules,
    files: read.files,
    documents: read.documents,
    objects: read.resources.length,
    version: ownVersion(),
  };
  print(report, request, terminal);
  for (const note of report.notes) terminal.error(`note: ${harmless(note)}\n`);
  const failures = [
    ...[read, earlier]
      .flatMap((one) => one?.unavailable ?? [])
      .map(({ path, message }) => `${path}: ${message}`),
    ...faults.map((fault) => `${fault}\nThis is a fault of the linter. Please report it.`),
  ];
  for (const failure of failures) terminal.error(`error: ${harmless(failure)}\n`);
  if (failures.length > 0) return USAGE;
  const { mandatory, advisory } = countsOf(report.entries);
  return mandatory > 0 || advisory > maxWarnings ? FINDINGS : CLEAN;
}

function nothing({ documents, files }: ReadResult): string {
  return `No rule knows any object here: ${documents} documents in ${files} files were looked at.`;
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
  try {
    writeFileSync(resolve(terminal.workingDirectory, output), text);
  } catch (error) {
    throw new UsageError(`--output ${output}: ${reasonOf(error)}`);
  }
  terminal.error(`${summaryOf(report)}\n`);
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
