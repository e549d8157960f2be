// Makes of policies/lint one file without dependencies: `npm run build` here, and by itself when a checkout has newer sources.
const {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { join, resolve } = require("node:path");

// Every start of a checkout comes by here, and this is slow to load.
const spawnSync = (...args) => require("node:child_process").spawnSync(...args);

const root = resolve(__dirname, "..");
const dist = join(__dirname, "dist");
const bundle = join(dist, "index.js");
const examples = join(dist, "examples.json");
const examplesProgram = "test/policies/examples.ts";
const sources = ["policies/core", "policies/lint", "policies/rules", "policies/pack", "cnpg-lint/build.js"];

/** Packages whose code is in the bundle: their licences go with it. */
const bundled = ["js-yaml", "fastest-levenshtein"];

/** Whether a file is missing, or older than one of its sources: files, or folders with all that is in them. */
function isOlder(made, sources) {
  if (!existsSync(made)) return true;
  const { mtimeMs } = statSync(made);
  return sources.some((source) => isNewer(join(root, source), mtimeMs));
}

/** Whether a file, or a folder or something in it, is newer; a folder's own time says that a file has gone. */
function isNewer(place, mtimeMs) {
  const stats = statSync(place);
  if (stats.mtimeMs > mtimeMs) return true;
  // Not readdirSync's own recursion, which takes 10 MB.
  return stats.isDirectory() && readdirSync(place).some((name) => isNewer(`${place}/${name}`, mtimeMs));
}

/** Writes a file as a whole, or not at all: several processes may build at the same time. */
function write(file, content) {
  mkdirSync(dist, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/** All of the linter in one file. */
function buildBundle() {
  const { outputFiles, metafile } = require("esbuild").buildSync({
    stdin: {
      contents: `export * from "./policies/lint/index"; export { main } from "./policies/lint/main";`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The smaller it is, the sooner it is read. What fails names its rule, and its place in the file.
    minify: true,
    legalComments: "none",
    outfile: bundle,
    logLevel: "error",
  });
  const strangers = Object.keys(metafile.inputs).filter(
    (file) =>
      file.includes("node_modules/") && !bundled.some((name) => file.includes(`node_modules/${name}/`)),
  );
  if (strangers.length > 0) throw new Error(`no licence is given for ${strangers.join(", ")}`);
  write(bundle, outputFiles[0].contents);
}

/** Good and bad examples of every rule, from its cases: what `--explain` shows. */
function buildExamples() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, examplesProgram)],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the examples can't be made: ${stderr}`);
  write(examples, stdout);
}

/** Builds what is older than its sources. */
function buildWhatIsOld({ withExamples }) {
  if (isOlder(bundle, sources)) buildBundle();
  if (withExamples && isOlder(examples, ["test/policies/cases", "policies/rules", examplesProgram]))
    buildExamples();
}

/** Everything that the package has. Whoever runs the program meanwhile finds it whole. */
function buildPackage() {
  rmSync(join(dist, "types"), { recursive: true, force: true });
  buildBundle();
  buildExamples();
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", join(__dirname, "tsconfig.json")],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the types can't be made:\n${stdout}`);
  const licences = bundled.map(
    (name) => `${name}\n\n${readFileSync(join(root, "node_modules", name, licenceOf(name)), "utf8")}`,
  );
  write(join(dist, "LICENSES.txt"), licences.join(`\n${"-".repeat(72)}\n\n`));
  copyFileSync(join(root, "LICENSE"), join(__dirname, "LICENSE"));
}

function licenceOf(name) {
  return readdirSync(join(root, "node_modules", name)).find((file) => file.startsWith("LICENSE"));
}

module.exports = { buildWhatIsOld };

if (require.main === module) {
  if (process.argv.includes("--package")) buildPackage();
  else buildWhatIsOld({ withExamples: true });
}
