import * as fs from "node:fs";
import * as path from "node:path";
import which from "which";
import { type Attempt, type Host, type PulumiCli, PulumiCliError } from "./host";
import { lastLines, run } from "./run";
import { isAtLeast, MINIMUM_VERSION, parseVersion } from "./versions";

/** Runs `<file> version` and tells whether this CLI can be used. */
export async function probe(host: Host, file: string, how: PulumiCli["how"]): Promise<Attempt> {
  const result = await run(host, file, ["version"], {
    env: { ...host.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    limitMs: host.limits.versionMs,
  });
  if (!result.ok) {
    const detail = lastLines(result.stderr, 1).map((line) => `: ${line}`);
    return { problem: `${file} does not run (${result.failure}${detail.join("")})` };
  }
  const version = parseVersion(result.stdout);
  if (version === undefined) {
    return { problem: `${file} does not print a version for \`version\`` };
  }
  if (!isAtLeast(version, MINIMUM_VERSION)) {
    return { problem: `${file} is version ${version}, older than ${MINIMUM_VERSION}` };
  }
  return { cli: { path: file, version, how } };
}

/**
 * The CLI that the environment variable `PULUMI_CNPG_CLI` names.
 *
 * @throws PulumiCliError when it can't be used: an explicit choice is never passed over
 */
export async function explicitCli(host: Host, named: string): Promise<PulumiCli> {
  const attempt = await probe(host, path.resolve(named), "PULUMI_CNPG_CLI");
  if ("cli" in attempt) {
    return attempt.cli;
  }
  throw new PulumiCliError(
    `PULUMI_CNPG_CLI is "${named}", but ${attempt.problem}. ` +
      `Set it to the path of a Pulumi CLI ${MINIMUM_VERSION} or newer, or unset it to have one looked for.`,
  );
}

/** The first usable `pulumi` on the PATH; one that can't be used is passed over with a notice. */
export async function cliOnPath(host: Host): Promise<Attempt> {
  const problems: string[] = [];
  for (const file of executablesOnPath(host, "pulumi")) {
    const attempt = await probe(host, file, "PATH");
    if ("cli" in attempt) {
      return attempt;
    }
    host.say(`Passing over the Pulumi CLI on the PATH: ${attempt.problem}.`);
    problems.push(attempt.problem);
  }
  return { problem: problems.join("; ") || "there is no `pulumi` on the PATH" };
}

/** Every executable of that name on the PATH, leaving out what npm put there. */
export function executablesOnPath({ env }: Pick<Host, "env">, name: string): string[] {
  const found = which.sync(name, { all: true, nothrow: true, path: env.PATH ?? "" }) ?? [];
  return found.filter((file) => path.isAbsolute(file) && !isInNodeModules(file));
}

/**
 * npm scripts put `node_modules/.bin` first on the PATH, and a global install links from a plain `bin` folder: behind
 * both is the launcher, which has its own turn with its own time limit.
 */
function isInNodeModules(file: string): boolean {
  return [file, fs.realpathSync(file)].some((one) => one.split(/[\\/]/).includes("node_modules"));
}
