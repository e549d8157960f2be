import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { run } from "../../policies/lint/cli";
import { corpus } from "./list";
import { add, emptyScore, type Found, precisionOf, recallOf, type Score } from "./score";
import { folderSource, githubSource, place } from "./texts";

/** How the linter is asked, by what the columns are called. */
const ways: Readonly<Record<string, readonly string[]>> = {
  recommended: [],
  production: ["--production"],
  strict: ["--pack", "strict"],
};

const help = `Measures cnpg-lint on manifests of public repositories that a person judged first: test/corpus/list.json.

  npm run corpus                       fetches them from GitHub, each at its commit and checked by its hash
  npm run corpus -- --keep DIR         keeps their texts there
  npm run corpus -- --from DIR         reads them from there, and asks nobody
  npm run corpus -- --misses           names the faults that no finding names, and the findings that nobody has judged
  npm run corpus -- --kinds            the figures of each kind of fault
  npm run corpus -- --only ID          one set; can be given again

Of the blind sets only the sums are shown. Texts of others are never committed: keep them outside of this folder.`;

async function lint(folder: string, way: readonly string[]): Promise<readonly Found[]> {
  let out = "";
  await run([...way, "--format", "json", "."], {
    workingDirectory: folder,
    stdin: async () => Buffer.alloc(0),
    out: (text) => {
      out += text;
    },
    error: () => undefined,
    colours: false,
  });
  return (JSON.parse(out) as { findings: readonly Found[] }).findings;
}

const percent = (share: number): string => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`);

function rowsOf(score: Score): readonly (readonly [string, string])[] {
  const { findings } = score;
  return [
    ["recall", `${percent(recallOf(score).all)} (${score.found} of ${score.faults})`],
    ["recall, mean over kinds", percent(recallOf(score).kinds)],
    ["precision: true", percent(precisionOf(score).true)],
    ["precision: true and of use", percent(precisionOf(score).useful)],
    ["findings not judged yet", `${findings["not looked at"]}`],
    ["mandatory findings", `${score.mandatory}`],
    ["of these false", `${score.falseMandatory}`],
    ["undecided", `${score.undecided}`],
  ];
}

function print(title: string, scores: Readonly<Record<string, Score>>): void {
  console.log(`\n${title}`);
  const columns = Object.values(scores).map(rowsOf);
  console.log(
    `  ${"".padEnd(28)}${Object.keys(scores)
      .map((name) => name.padEnd(22))
      .join("")}`.trimEnd(),
  );
  for (const [i, [what]] of (columns[0] ?? []).entries())
    console.log(
      `  ${what.padEnd(28)}${columns.map((rows) => (rows[i]?.[1] ?? "").padEnd(22)).join("")}`.trimEnd(),
    );
}

function printKinds(scores: Readonly<Record<string, Score>>): void {
  const kinds = [...(Object.values(scores)[0]?.kinds ?? [])].sort(([, x], [, y]) => y.faults - x.faults);
  console.log(`\n  ${"kind".padEnd(36)}${"faults".padEnd(8)}found: ${Object.keys(scores).join(", ")}`);
  for (const [kind, { faults }] of kinds) {
    const found = Object.values(scores).map((score) => score.kinds.get(kind)?.found ?? 0);
    console.log(`  ${kind.padEnd(36)}${`${faults}`.padEnd(8)}${found.join(", ")}`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: "string" },
      keep: { type: "string" },
      only: { type: "string", multiple: true },
      misses: { type: "boolean", default: false },
      kinds: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { kinds, sets } = corpus();
  const asked = values.only === undefined ? sets : sets.filter(({ id }) => values.only?.includes(id));
  const source = values.from === undefined ? githubSource() : folderSource(resolve(values.from));
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-cnpg-corpus-"));
  const folder = values.keep === undefined ? temporary : resolve(values.keep);
  const fresh = () => Object.fromEntries(Object.keys(ways).map((way) => [way, emptyScore()]));
  const [open, blind] = [fresh(), fresh()];
  const skipped = new Map<string, number>();
  let judged = 0;
  try {
    for (const set of asked) {
      const where = join(folder, set.id);
      const reason = await place(set, source, where);
      if (reason !== undefined) {
        const why = /GitHub can't be reached.*/.exec(reason)?.[0] ?? `${set.id} (${set.repo}): ${reason}`;
        skipped.set(why, (skipped.get(why) ?? 0) + 1);
        continue;
      }
      judged++;
      for (const [way, args] of Object.entries(ways)) {
        const score = (set.blind ? blind : open)[way];
        if (score !== undefined) add(score, { kinds }, set, await lint(where, args));
      }
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  console.log(
    `${judged} of ${asked.length} sets judged, ${asked.filter(({ good }) => good).length} of them good ones.`,
  );
  for (const [why, count] of skipped)
    console.log(`note: ${count === 1 ? "" : `${count} sets `}left out: ${why}`);
  if (judged === 0) return 0;
  print("Open sets", open);
  if (values.kinds) printKinds(open);
  print("Blind sets", blind);
  if (!values.misses) return 0;
  for (const [way, { missed, unjudged }] of Object.entries(open)) {
    console.log(`\nMissed, ${way}:\n  ${missed.join("\n  ")}`);
    console.log(`\nNot judged yet, ${way}:\n  ${[...unjudged].join("\n  ")}`);
  }
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
