import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import type { Figure, Report } from "./figures";
import { measureNode } from "./measure";
import { root } from "./stackOf";
import { interleave, median } from "./stats";

const budget = 1.15;

/** What the components import, on the way that one `require` of each takes. */
const sdkModules = [
  "@pulumi/gcp/serviceaccount/account",
  "@pulumi/gcp/serviceaccount/iammember",
  "@pulumi/gcp/storage/bucket",
  "@pulumi/gcp/storage/bucketIAMMember",
  "@pulumi/kubernetes/core/v1/secret",
  "@pulumi/kubernetes/utilities",
  "@pulumi/pulumi",
  "@pulumi/pulumi/errors",
  "@pulumi/random/randomPassword",
  "fastest-levenshtein",
  "node:child_process",
  "node:crypto",
  "node:fs",
  "node:http",
  "node:net",
  "node:os",
  "node:path",
];

/** Importing our components against importing only the modules of the SDKs that they use. */
export async function startup(folder: string, quick: boolean): Promise<Report> {
  const rounds = quick ? 15 : 25;
  const compiled = join(folder, "compiled");
  const used = compile(compiled);
  checkList(used);
  const probe = (name: string, modules: readonly string[]): string => {
    const file = join(compiled, `${name}.js`);
    const requires = modules.map((module) => `require(${JSON.stringify(module)});`).join(" ");
    writeFileSync(
      file,
      `const began = performance.now(); ${requires} console.log(performance.now() - began);\n`,
    );
    return file;
  };
  const output = join(folder, "startup.txt");
  const time = (flags: readonly string[], file: string) => async (): Promise<number> =>
    Number((await measureNode([...flags, file], output)).output);

  const sdk = probe("probe-sdk", sdkModules);
  const tsx = ["--import", "tsx"];
  const measured = await interleave(rounds, {
    sdk: time([], sdk),
    ours: time([], probe("probe-compiled", ["./components"])),
    sdkUnderTsx: time(tsx, sdk),
    oursUnderTsx: time(tsx, probe("probe-source", [join(root, "components")])),
  });
  const figure = (what: string, ours: readonly number[], theirs: readonly number[]): Figure => {
    const [a, b] = [median(ours), median(theirs)];
    return {
      what,
      value: a / b,
      unit: "×",
      how: `${a.toFixed(0)} ms ours, ${b.toFixed(0)} ms the SDK modules alone; medians of ${rounds}, inside the process`,
    };
  };
  return {
    name: "startup",
    title: "Importing our components against importing only the SDK modules that they use",
    figures: [
      { ...figure("compiled, as a package is", measured.ours, measured.sdk), budget },
      figure("from source, through tsx", measured.oursUnderTsx, measured.sdkUnderTsx),
    ],
    notes: [`SDK modules: ${sdkModules.join(", ")}`],
  };
}

/** Compiles the components to plain JavaScript in `folder`; returns what they import from elsewhere. */
function compile(folder: string): Set<string> {
  const source = join(root, "components");
  const used = new Set<string>();
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (file.split(/[\\/]/).includes("node_modules") || !file.endsWith(".ts")) continue;
    const { outputText } = transpileModule(readFileSync(join(source, file), "utf8"), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    for (const [, name = ""] of outputText.matchAll(/\brequire\("([^"]+)"\)/g))
      if (!name.startsWith(".")) used.add(name);
    const target = join(folder, "components", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(folder, "components", "package.json"), JSON.stringify({ main: "index.js" }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return used;
}

function checkList(used: ReadonlySet<string>): void {
  const missing = [...used].filter((name) => !sdkModules.includes(name));
  const needless = sdkModules.filter((name) => !used.has(name));
  if (missing.length + needless.length === 0) return;
  throw new Error(
    `${relative(root, __filename)}: sdkModules lacks ${missing.join(", ") || "nothing"}, and has ` +
      `${needless.join(", ") || "nothing"} that no component imports. Take care that no import is wider than it has to be.`,
  );
}
