import * as fs from "node:fs/promises";
import * as path from "node:path";
import which from "which";
import { executablesOnPath, probe } from "./find";
import { type Attempt, cacheFolder, executableName, type Host } from "./host";
import { withLock } from "./lock";
import { ticking } from "./progress";
import { lastLines, type RunResult, run } from "./run";
import { BUILT_VERSION, GO_PACKAGE, GO_VERSION_VARIABLE, MINIMUM_GO } from "./versions";

/** What to do where Go was stopped by its limit. */
const AGAIN = "run it again, which goes on from there: Go keeps what it has fetched and compiled";

/** Lines of Go's own words that go into an error. */
const ERROR_LINES = 8;

/** Where the built CLI is kept. */
function cachedBinary(host: Host): string {
  return path.join(cacheFolder(host), executableName(host, "pulumi"));
}

/** The CLI that an earlier build left; one that does not run is passed over with a notice, and built again. */
export async function cliFromCache(host: Host): Promise<Attempt> {
  const file = cachedBinary(host);
  if (which.sync(file, { nothrow: true }) === null) {
    return { problem: `${file} is not there yet` };
  }
  const attempt = await probe(host, file, "cache");
  if ("problem" in attempt) {
    host.say(`Passing over the cached Pulumi CLI: ${attempt.problem}.`);
  }
  return attempt;
}

/**
 * Builds the CLI from its Go module into the per-user cache. Of several builds at once one builds and the others wait;
 * the binary appears under its name only when it is complete and has run.
 */
export async function cliFromGo(host: Host): Promise<Attempt> {
  const go = executablesOnPath(host, "go")[0];
  if (go === undefined) {
    return { problem: "there is no `go` on the PATH" };
  }
  try {
    const folder = cacheFolder(host);
    await fs.mkdir(folder, { recursive: true });
    return await withLock(host, path.join(folder, "build.lock"), async (waited) => {
      // Another process may have finished since the cache was looked at.
      if (waited || host.ways.includes("cache")) {
        const made = await cliFromCache(host);
        if ("cli" in made) {
          return made;
        }
      }
      return build(host, go);
    });
  } catch (error) {
    return { problem: `${(error as Error).message} (XDG_CACHE_HOME and TMPDIR choose other folders)` };
  }
}

async function build(host: Host, go: string): Promise<Attempt> {
  const module = await fs.mkdtemp(path.join(host.tempDir, "pulumi-cnpg-cli-"));
  const part = path.join(cacheFolder(host), executableName(host, `pulumi.part-${process.pid}`));
  try {
    const env = goEnvironment(host);
    const asked = await run(host, go, ["env", "GOVERSION"], {
      cwd: module,
      env,
      limitMs: host.limits.versionMs,
    });
    const language = asked.ok ? languageVersion(asked.stdout) : undefined;
    if (language === undefined) {
      const found = asked.stdout.trim() || asked.failure;
      return { problem: `${go} is not Go ${MINIMUM_GO.major}.${MINIMUM_GO.minor} or newer (${found})` };
    }
    await fs.writeFile(path.join(module, "go.mod"), `module pulumi-cnpg.invalid/cli\n\ngo ${language}\n`);

    host.say(
      `Building the Pulumi CLI v${BUILT_VERSION} from its Go module, once: about 4 minutes on two cores, ` +
        `then kept in ${cacheFolder(host)}`,
    );
    const steps = [
      { args: ["get", "-tool", `${GO_PACKAGE}@v${BUILT_VERSION}`], counts: DOWNLOADED },
      { args: buildArguments(part), counts: COMPILED },
    ];
    for (const { args, counts } of steps) {
      const result = await runCounting(host, go, args, { cwd: module, env }, counts);
      if (!result.ok) {
        return { problem: goProblem(args, result), ...(result.timedOut && { todo: AGAIN }) };
      }
    }
    const built = await probe(host, part, "go build");
    if ("problem" in built) {
      return built;
    }
    const file = cachedBinary(host);
    await fs.rename(part, file);
    return { cli: { ...built.cli, path: file } };
  } finally {
    await fs.rm(part, { force: true });
    await fs.rm(module, { recursive: true, force: true });
  }
}

function buildArguments(output: string): string[] {
  const ldflags = `-s -w -X ${GO_VERSION_VARIABLE}=v${BUILT_VERSION}`;
  return ["build", "-v", "-trimpath", "-ldflags", ldflags, "-o", output, GO_PACKAGE];
}

/** Settings of the person's own projects that must not leak into this build: a workspace, a target to cross-build for. */
function goEnvironment(host: Host): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, ...rest } = host.env;
  return { ...rest, CGO_ENABLED: "0", GO111MODULE: "on", GOWORK: "off" };
}

/** `1.26` of `go1.26.8`; undefined when it is too old or no Go at all. */
function languageVersion(goVersion: string): string | undefined {
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(goVersion) ?? [];
  const known = Number(major) > MINIMUM_GO.major || Number(minor) >= MINIMUM_GO.minor;
  return known ? `${major}.${minor}` : undefined;
}

interface Counts {
  readonly isOne: (line: string) => boolean;
  readonly what: string;
}

const DOWNLOADED: Counts = {
  isOne: (line) => line.startsWith("go: downloading "),
  what: "modules downloaded",
};

// `go build -v` prints the path of each package, alone on its line.
const COMPILED: Counts = { isOne: (line) => /^[^\s:]+$/.test(line), what: "packages compiled" };

async function runCounting(
  host: Host,
  go: string,
  args: readonly string[],
  place: { cwd: string; env: NodeJS.ProcessEnv },
  counts: Counts,
): Promise<RunResult> {
  let count = 0;
  const stop = ticking(
    host,
    (elapsed) => `Building the Pulumi CLI: go ${args[0]}, ${elapsed} s, ${count} ${counts.what}`,
  );
  try {
    return await run(host, go, args, {
      ...place,
      limitMs: host.limits.goMs,
      renewed: true,
      onLine: (line) => {
        count += counts.isOne(line) ? 1 : 0;
      },
    });
  } finally {
    stop();
  }
}

function goProblem(args: readonly string[], result: RunResult): string {
  const words = result.stderr.split("\n").filter((line) => !DOWNLOADED.isOne(line) && !COMPILED.isOne(line));
  return [`\`go ${args[0]}\` failed (${result.failure})`, ...lastLines(words.join("\n"), ERROR_LINES)].join(
    "\n",
  );
}
