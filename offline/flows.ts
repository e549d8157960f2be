import "./quickly";
import {
  type AllowedFlow,
  allowedFlows,
  InvalidSettings,
  networkOf,
  type PostgresEnvironmentArgs,
} from "../components/index";
import { exitWith, readArgs, UsageError } from "./exit";
import { RecordedFlowsError } from "./recorded/error";
import { KnownPods } from "./recorded/pods";
import { recordedConnections } from "./recorded/read";
import { formatRecorded, Recorder } from "./recorded/report";
import { clustersIn, openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";

const help = `Prints which connections the network policies of a stack allow, and what for. All others of these pods are denied.

  npm run flows                       the stack dev
  npm run flows -- --stack prod       another stack file of stacks/

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --recorded FILE    judges connections that were recorded, as if these policies were enforced: what \`hubble observe --output
                     json\` prints, or \`gcloud logging read --format json\` of VPC Flow Logs; - is the standard input; can be
                     given again. Ends with 1 if one of them would be denied
  --pods FILE        whose labels a record does not have: \`kubectl get pods --all-namespaces --output json\`; can be given again
  --json             as JSON
  --help             this text`;

async function main(): Promise<number> {
  const options = readArgs(
    {
      options: {
        ...stackOptions,
        recorded: { type: "string", multiple: true },
        pods: { type: "string", multiple: true },
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
  const environment = clustersIn(stack, args());
  if (options.recorded !== undefined) return judgeRecorded(stack, environment, options);
  if (options.pods !== undefined)
    throw new UsageError("--pods is for --recorded FILE, and says what its pods are.");
  const plan = networkOf(stack, environment);
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

interface RecordedOptions {
  readonly recorded?: readonly string[];
  readonly pods?: readonly string[];
  readonly json: boolean;
}

/** Judges recorded connections by the stack's policies as they are when they are enforced. */
async function judgeRecorded(
  stack: string,
  args: PostgresEnvironmentArgs,
  { recorded = [], pods = [], json }: RecordedOptions,
): Promise<number> {
  const enforced = networkOf(stack, { ...args, network: { ...args.network, policies: "enforce" } });
  const known = new KnownPods();
  for (const file of pods) known.add(file);
  const recorder = new Recorder(enforced);
  for (const file of recorded)
    for await (const connection of recordedConnections(file))
      if (typeof connection === "string") recorder.skip(connection);
      else recorder.add(known.complete(connection));
  const { report } = recorder;
  console.log(json ? JSON.stringify(report, undefined, 2) : formatRecorded(report));
  if (report.flows.length === 0)
    throw new RecordedFlowsError(
      `None of the recorded connections begins or ends at a pod that has a policy of stack ${stack}: nothing was judged. Record while the databases are used, in their namespaces.`,
    );
  return report.flows.some(({ verdict }) => verdict === "denied") ? 1 : 0;
}

exitWith(main(), [InvalidSettings, StackFileError, RecordedFlowsError]);
