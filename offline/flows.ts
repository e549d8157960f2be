import "./quickly";
import { type AllowedFlow, allowedFlows, InvalidSettings, networkOf } from "../components/index";
import { exitWith, readArgs } from "./exit";
import { openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";

const help = `Prints which connections the network policies of a stack allow, and what for. All others of these pods are denied.

  npm run flows                       the stack dev
  npm run flows -- --stack prod       another stack file of stacks/

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --json             as JSON
  --help             this text`;

async function main(): Promise<number> {
  const options = readArgs(
    {
      options: {
        ...stackOptions,
        json: { type: "boolean", default: false },
      },
    },
    help,
  );
  if (options.help) {
    console.log(help);
    return 0;
  }
  const stack = stackNamed(options.stack, options["stack-file"]);
  const { args } = await openStackFile(stack, options["stack-file"], (line) => console.error(line));
  const plan = networkOf(stack, args());
  const flows = allowedFlows(plan);
  if (options.json) console.log(JSON.stringify(flows, undefined, 2));
  else if (flows.length === 0)
    console.log(
      `Stack ${stack} has no network policies: every pod that can reach its databases may try. See network.policies in docs/network.md.`,
    );
  else print(flows, plan);
  return 0;
}

function print(flows: readonly AllowedFlow[], { policies, rules }: ReturnType<typeof networkOf>): void {
  for (const { namespace, name, of, allows } of rules) {
    const policy = `${namespace}/${name}`;
    console.log(`\n${policy}`);
    if (allows.length === 0) console.log(`  ${of}: nothing`);
    for (const { from, to, ports, why } of flows.filter((flow) => flow.policy === policy))
      console.log(`  ${from} → ${to}: ${ports}\n      ${why}`);
  }
  const note = policies === "audit" ? ", which deny nothing yet (audit)" : "";
  console.log(`\n${flows.length} allowances of ${rules.length} policies${note}.`);
}

exitWith(main(), [InvalidSettings, StackFileError]);
