import { parseArgs } from "node:util";
import { BUILT_VERSION, getPulumiCli, MINIMUM_VERSION, PulumiCliError, WAYS } from "./index";

const HELP = `Prints the path of a Pulumi CLI that can run this project, making one when there is none.

Usage: node --import tsx cli/main.ts [--help]

It takes the first that works: \`pulumi\` on the PATH (${MINIMUM_VERSION} or newer), the CLI built earlier, the download by the
npm package \`pulumi\`, a build of v${BUILT_VERSION} from the Go module (about 4 minutes, once). Progress goes to stderr.

Environment:
  PULUMI_CNPG_CLI        path of the Pulumi CLI to use, and no other
  PULUMI_CNPG_CLI_WAYS   the ways to try, some of ${WAYS.join(",")} (default all)
  XDG_CACHE_HOME         where the built CLI is kept, under pulumi-cnpg (default ~/.cache; on Windows %LOCALAPPDATA%)
  GOPROXY, GOFLAGS, …    as for any Go build`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  console.log(values.help ? HELP : (await getPulumiCli()).path);
}

main().catch((error: NodeJS.ErrnoException) => {
  const known = error instanceof PulumiCliError || error.code?.startsWith("ERR_PARSE_ARGS");
  console.error(known ? error.message : error.stack);
  process.exitCode = 1;
});
