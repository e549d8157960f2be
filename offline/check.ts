import "./quickly";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { getPulumiCli, PulumiCliError } from "../cli";
import { InvalidSettings } from "../components/index";
import { formatComparisons } from "../policies/lint";
import { agreements } from "./agreement";
import { runOffline } from "./engine";
import { exitWith, readArgs, UsageError } from "./exit";
import { openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";

const help = `Asks the policy pack about a stack, offline: a preview through the real Pulumi engine that changes and writes nothing.
Prints what both halves of each cluster say of the same things, too.

  npm run check                       the stack dev
  npm run check -- --stack prod       another stack file of stacks/

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --policy-config F  the pack's configuration, as JSON
  --previous F       the stack as it is, from \`pulumi stack export\`: for rules about changes
                     (default: what \`npm start\` made of it, if it did)
  --folder DIR       where the engine keeps its state (default: .offline)
  --help             this text

Ends with 0 if there is no mandatory finding, with 1 if there is one or the check could not be made.`;

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { "policy-config": config, previous } = options;
  const stack = stackNamed(options.stack, options["stack-file"]);
  for (const [flag, file] of Object.entries({ "policy-config": config, previous }))
    if (file !== undefined && !existsSync(file))
      throw new UsageError(`--${flag} ${file}: there is no such file`);
  const say = (line: string) => console.log(line);
  const { root, project, content, args, program } = await openStackFile(stack, options["stack-file"], say);
  // Asked before the engine is even started: a wrong file costs a second.
  args();
  if (previous !== undefined) process.env.PULUMI_CNPG_PREVIOUS = resolve(previous);

  const cli = await getPulumiCli();
  console.log(`Pulumi ${cli.version} (${cli.how}), offline: no cloud, no cluster; stack ${stack}\n`);
  const { exitCode, recorder } = await runOffline({
    cli,
    operation: "preview",
    stack,
    project: project.name,
    stackFile: content,
    folder: resolve(options.folder),
    policyPack: {
      path: join(root, "policies"),
      ...(config !== undefined && { config: resolve(config) }),
    },
    cliArgs: ["--suppress-outputs", "--suppress-progress"],
    onNotice: say,
    program: () => program(),
  });
  const compared = agreements(recorder.declared.values());
  if (compared.length > 0) console.log(`\n${formatComparisons(compared)}`);
  console.log(
    exitCode === 0
      ? `\nChecked ${stack}: nothing that the policies forbid.`
      : `\nChecked ${stack}: it must not be deployed like this; see above.`,
  );
  return exitCode === 0 ? 0 : 1;
}

function readOptions() {
  return readArgs(
    {
      options: {
        ...stackOptions,
        "policy-config": { type: "string" },
        previous: { type: "string" },
        folder: { type: "string", default: ".offline" },
      },
    },
    help,
  );
}

exitWith(main(), [InvalidSettings, PulumiCliError, StackFileError]);
