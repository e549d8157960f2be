/**
 * `npm run generate`: writes every generated file. With `--check` it writes nothing, names each file that
 * differs from what it would write, and ends with 1 if there is one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Generated, generateCrds } from "./generate/crds";
import { generateDashboards } from "./generate/dashboards";
import { generateFields } from "./generate/fields";
import { generateParameterDangers } from "./generate/parameterDangers";
import { generatePolicies } from "./generate/policies";
import { generateProviders } from "./generate/providers";
import { generateReleases } from "./generate/releases";
import { renderRuleIndex } from "./generate/rules";
import { generateShapes } from "./generate/shapes";

const generators: readonly ((root: string, check: boolean) => Generated)[] = [
  generateShapes,
  generateCrds,
  generateReleases,
  // They read stack files, and so have to be loaded after the shapes by which their settings are checked are written.
  () =>
    (
      require("./generate/configuration") as typeof import("./generate/configuration")
    ).generateConfiguration(),
  () =>
    (
      require("./generate/stackFileSchema") as typeof import("./generate/stackFileSchema")
    ).generateStackFileSchema(),
  (root) => ({ files: new Map([["policies/rules/index.ts", renderRuleIndex(root)]]), stale: [], notes: [] }),
  generateDashboards,
  generateFields,
  generateParameterDangers,
  generatePolicies,
  generateProviders,
];

function main(): number {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const root = join(__dirname, "..");
  let differing = 0;
  for (const generator of generators) {
    const { files, stale, notes } = generator(root, values.check);
    for (const note of notes) console.error(note);
    for (const [path, content] of files) {
      const file = join(root, path);
      if (existsSync(file) && readFileSync(file, "utf8") === content) continue;
      differing += 1;
      if (values.check)
        console.error(`${path} is not what \`npm run generate\` writes: run it and commit the result.`);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        console.log(`wrote ${path}`);
      }
    }
    for (const path of stale) {
      differing += 1;
      if (values.check)
        console.error(`${path} is not generated any more: run \`npm run generate\` and commit the result.`);
      else {
        rmSync(join(root, path));
        console.log(`removed ${path}`);
      }
    }
  }
  if (differing === 0) console.log("Every generated file is up to date.");
  return values.check && differing > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
