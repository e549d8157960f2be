import { cliOnPath, explicitCli } from "./find";
import { cliFromCache, cliFromGo } from "./go-build";
import {
  type Attempt,
  type Host,
  type Problem,
  type PulumiCli,
  PulumiCliError,
  type PulumiCliOptions,
  resolveHost,
  type Way,
} from "./host";
import { cliFromLauncher } from "./launcher";
import { MINIMUM_GO, MINIMUM_VERSION } from "./versions";

export { type Limits, type PulumiCli, PulumiCliError, type PulumiCliOptions, WAYS, type Way } from "./host";
export { BUILT_VERSION, MINIMUM_VERSION } from "./versions";

const TRY: Record<Way, (host: Host) => Promise<Attempt>> = {
  path: cliOnPath,
  cache: cliFromCache,
  launcher: cliFromLauncher,
  go: cliFromGo,
};

/**
 * Finds a Pulumi CLI that can run this project, or makes one.
 *
 * The first of these that works is taken:
 *
 * 1. the executable that the environment variable `PULUMI_CNPG_CLI` names (an error when it does not work);
 * 2. `pulumi` on the PATH, {@link MINIMUM_VERSION} or newer, wherever npm did not put it;
 * 3. a CLI built earlier, in `${XDG_CACHE_HOME:-~/.cache}/pulumi-cnpg` (on Windows in `%LOCALAPPDATA%`);
 * 4. the vendor's launcher, the npm package `pulumi`, which downloads the CLI (with the language hosts) on first use;
 * 5. a build from the CLI's Go module, about four minutes on two cores, kept for step 3.
 *
 * `PULUMI_CNPG_CLI_WAYS` restricts steps 2 to 5 to some of `path,cache,launcher,go`, for CI and tests.
 * Only the CLIs of steps 1, 2 and 4 may come with language hosts; a built one runs inline programs only.
 *
 * @example
 * const cli = await getPulumiCli();
 * env.PATH = `${path.dirname(cli.path)}${path.delimiter}${env.PATH}`;
 *
 * @throws PulumiCliError with what went wrong on every way and what to do about it
 */
export async function getPulumiCli(options: PulumiCliOptions = {}): Promise<PulumiCli> {
  const host = resolveHost(options);
  const named = host.env.PULUMI_CNPG_CLI;
  if (named) {
    return explicitCli(host, named);
  }
  const problems = new Map<Way, Problem>();
  for (const way of host.ways) {
    const attempt = await TRY[way](host);
    if ("cli" in attempt) {
      return attempt.cli;
    }
    problems.set(way, attempt);
  }
  throw new PulumiCliError(noneWorks(problems));
}

const ADVICE: readonly { way: Way; name: string; todo: string }[] = [
  {
    way: "path",
    name: "PATH",
    todo: `install the Pulumi CLI ${MINIMUM_VERSION} or newer and put it on the PATH, or name it in PULUMI_CNPG_CLI`,
  },
  {
    way: "launcher",
    name: "launcher",
    todo: "run `npm install` and try again where Pulumi's download site can be reached",
  },
  {
    way: "go",
    name: "Go build",
    todo: `install Go ${MINIMUM_GO.major}.${MINIMUM_GO.minor} or newer where it can download Go modules (see GOPROXY)`,
  },
];

function noneWorks(problems: ReadonlyMap<Way, Problem>): string {
  const left = "not tried: PULUMI_CNPG_CLI_WAYS leaves it out";
  return [
    `There is no Pulumi CLI ${MINIMUM_VERSION} or newer here. There are three ways to one, and any of them will do:`,
    ...ADVICE.flatMap(({ way, name, todo }) => [
      `  ${name}: ${(problems.get(way)?.problem ?? left).replaceAll("\n", "\n      ")}`,
      `    To do: ${problems.get(way)?.todo ?? todo}.`,
    ]),
  ].join("\n");
}
