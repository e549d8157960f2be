import * as fs from "node:fs";
import * as path from "node:path";
import { probe } from "./find";
import { type Attempt, executableName, type Host } from "./host";
import { lastLines, run } from "./run";

/** What the launcher says before it has reached anything. */
const BEFORE_CONNECTION = /^Downloading pulumi/;

/**
 * Has the vendor's launcher (the npm package `pulumi`) download its CLI, and returns the binary that it keeps in
 * `$PULUMI_HOME/versions/<version>/bin`.
 *
 * The launcher knows no time limits, so it gets two: a short one until the vendor's installer speaks, a long one for
 * all of it.
 */
export async function cliFromLauncher(host: Host): Promise<Attempt> {
  const folder = host.launcherDir;
  if (folder === undefined || !fs.existsSync(path.join(folder, "run.js"))) {
    return { problem: "the npm package `pulumi` is not installed" };
  }
  const root = installRoot(host, folder);
  const binary = path.join(root, "bin", executableName(host, "pulumi"));
  if (fs.existsSync(binary)) {
    const kept = await probe(host, binary, "launcher");
    if ("cli" in kept) {
      return kept;
    }
  }

  const result = await run(host, process.execPath, [path.join(folder, "run.js"), "version"], {
    env: { ...host.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    limitMs: host.limits.launcherMs,
    first: { ms: host.limits.connectMs, until: (line) => !BEFORE_CONNECTION.test(line) },
    onLine: (line) => {
      if (BEFORE_CONNECTION.test(line)) {
        host.say(`${line} (by the npm package \`pulumi\`)`);
      }
    },
  });
  if (!result.ok) {
    const said = lastLines(result.stderr, 1).filter((line) => !BEFORE_CONNECTION.test(line));
    const left = fs.existsSync(binary) ? [`; if it keeps failing, delete ${root}`] : [];
    const problem = `${[...said, result.failure].join(", ")}${left.join("")}`;
    host.say(`That download did not work: ${problem}.`);
    return { problem };
  }
  return probe(host, binary, "launcher");
}

/** Where the launcher installs: the same rule as in its own `lib/cache.js` and `lib/resolve.js`. */
function installRoot(host: Host, folder: string): string {
  const own: { version?: string } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const home = host.env.PULUMI_HOME || path.join(host.homeDir, ".pulumi");
  return path.join(home, "versions", host.env.PULUMI_VERSION || (own.version ?? ""));
}
