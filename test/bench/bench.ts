import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatReport, passes, type Report } from "./figures";
import { lab } from "./lab";
import { lint } from "./lint";
import { overhead } from "./overhead";
import { policies } from "./policies";
import { scale } from "./scale";
import { startup } from "./startup";
import { typecheck } from "./typecheck";

/** By name; what takes least comes first. */
const benchmarks: Readonly<Record<string, (folder: string, quick: boolean) => Promise<Report>>> = {
  typecheck,
  startup,
  lint,
  policies,
  overhead,
  scale,
  lab,
};

const help = `Measures this project against its budgets; ends with 1 if one is missed.

  npm run bench                       everything, about ten minutes
  npm run bench -- --quick            fewer rounds, and no 1000 clusters
  npm run bench -- --only NAME        one of ${Object.keys(benchmarks).join(", ")}; can be given again
  npm run bench -- --json FILE        writes the figures to a file as well

Ratios compare runs that take turns on one machine. The absolute budgets are for two processors with nothing else to do.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const names = values.only ?? Object.keys(benchmarks);
  const unknown = names.filter((name) => benchmarks[name] === undefined);
  if (unknown.length > 0) {
    console.error(`error: --only ${unknown.join(", ")}: one of ${Object.keys(benchmarks).join(", ")}`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-bench-"));
  const reports: Report[] = [];
  try {
    for (const name of names) {
      const report = await benchmarks[name]?.(folder, values.quick);
      if (report === undefined) continue;
      reports.push(report);
      console.log(`${formatReport(report)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return conclude(reports, values.json);
}

function conclude(reports: readonly Report[], json: string | undefined): number {
  const judged = reports.flatMap(({ name, figures }) =>
    figures.map((figure) => ({
      benchmark: name,
      ...figure,
      ...(figure.budget !== undefined && { passed: passes(figure) }),
    })),
  );
  if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify(judged, undefined, 2)}\n`);
  const failed = judged.filter(({ passed }) => passed === false);
  const budgets = judged.filter(({ passed }) => passed !== undefined);
  console.log(`${budgets.length - failed.length} of ${budgets.length} budgets kept.`);
  for (const { benchmark, what } of failed) console.log(`FAIL ${benchmark}: ${what}`);
  return failed.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? `error: ${error.message}` : error);
    process.exit(1);
  },
);
