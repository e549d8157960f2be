import "./quickly";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { getPulumiCli, PulumiCliError } from "../cli";
import { ClusterError } from "../components/apiServer";
import { InvalidSettings } from "../components/index";
import { LabError } from "../lab/errors";
import { agree, formatComparisons, mostShown } from "../policies/lint";
import { agreements } from "./agreement";
import { afterMasking, maskingJobs } from "./dependencies";
import { type Operation, runOffline, stateFileOf } from "./engine";
import { exitWith, readArgs, UsageError } from "./exit";
import { metadataOf } from "./kubernetes";
import { archivesInState } from "./liveArchive";
import type { PackRun } from "./policyPack";
import { render } from "./render";
import { openStackFile } from "./sources";
import { StackFileError, stackNamed, stackOptions } from "./stackFile";

const help = `Runs this project's program through the real Pulumi engine, without cloud or cluster; with --lab, on a real
Kubernetes with CloudNativePG and an emulator of Google Cloud Storage on this machine.

  npm start                        update the stack dev, offline
  npm start -- --stack prod        another stack file of stacks/
  npm start -- --preview           show what an update would do
  npm start -- --destroy           take it all back (protected resources stay, and stop it)
  npm start -- --lab               the same in the lab, for real; brings it up if there is none

  --stack NAME       stack, as in stacks/Pulumi.NAME.yaml (default: dev)
  --stack-file FILE  a stack file anywhere else; its stack is --stack, or NAME if it is called Pulumi.NAME.yaml
  --preview          preview instead of update
  --destroy          destroy instead of update
  --lab              on the lab's cluster: apply, wait until clusters are ready and archive; state per lab
  --refresh          with --lab: first read how things are, so that what was changed by hand is put right
  --show-secrets     write Secrets' values into the rendered manifests, readable by you only
  --no-policies      don't ask the policy pack
  --policy-config F  the pack's configuration, as JSON
  --folder DIR       where state and results are kept (default: .offline, with --lab .lab)
  --help             this text

Results: .offline/<stack>/manifests/ (the cluster half), after-masking/ beside it (what waits until a clone's data are
masked) and .offline/<stack>/cloud.md (the cloud half); with --lab in .lab/<lab>/<stack>/.
On real infrastructure, run plain \`pulumi up --stack NAME\`: same program, same stack files.`;

interface Options {
  readonly stack: string;
  readonly stackFile: string | undefined;
  readonly operation: Operation;
  readonly lab: boolean;
  readonly refresh: boolean;
  readonly policies: boolean;
  readonly policyConfig: string | undefined;
  readonly showSecrets: boolean;
  readonly folder: string;
}

function readOptions(argv: readonly string[]): Options | undefined {
  const values = readArgs(
    {
      args: [...argv],
      allowNegative: true,
      options: {
        ...stackOptions,
        preview: { type: "boolean", default: false },
        destroy: { type: "boolean", default: false },
        "show-secrets": { type: "boolean", default: false },
        folder: { type: "string" },
        lab: { type: "boolean", default: false },
        refresh: { type: "boolean", default: false },
        policies: { type: "boolean", default: true },
        "policy-config": { type: "string" },
      },
    },
    help,
  );
  if (values.help) return undefined;
  if (values.preview && values.destroy) throw new UsageError("--preview and --destroy: one of them");
  if (values.refresh && !values.lab)
    throw new UsageError("--refresh: only with --lab; offline there is nothing to read");
  return {
    stack: stackNamed(values.stack, values["stack-file"]),
    stackFile: values["stack-file"],
    operation: values.preview ? "preview" : values.destroy ? "destroy" : "up",
    lab: values.lab,
    refresh: values.refresh,
    policies: values.policies,
    policyConfig: values["policy-config"],
    showSecrets: values["show-secrets"],
    folder: values.folder ?? (values.lab ? ".lab" : ".offline"),
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  const say = (line: string) => console.log(line);
  const opened = await openStackFile(options.stack, options.stackFile, say);
  const { root, project, content } = opened;
  // Asked before the engine is even started: a wrong file costs a second, not a minute.
  const args = options.operation === "destroy" ? undefined : opened.args().environment;

  const cli = await getPulumiCli();
  const where = options.lab ? "in the lab" : "offline: no cloud, no cluster";
  console.log(`Pulumi ${cli.version} (${cli.how}), ${where}; stack ${options.stack}\n`);
  const { stack, operation } = options;
  const target = options.lab
    ? await lab().openTarget({
        stack,
        operation,
        folder: resolve(options.folder),
        stackFile: content,
        args,
        say,
      })
    : undefined;
  const folder = target?.folder ?? resolve(options.folder);
  const offlineLook =
    target === undefined ? archivesInState(stateFileOf({ folder, project: project.name, stack })) : undefined;
  const { exitCode, recorder } = await runOffline({
    cli,
    operation,
    stack,
    project: project.name,
    stackFile: target?.stackFile ?? content,
    folder,
    ...(target !== undefined && { providers: target.providers, saveEachStep: true, live: true }),
    ...(options.policies &&
      operation !== "destroy" && { policyPack: policyPack(root, options.policyConfig) }),
    cliArgs: [
      ...(options.refresh ? ["--refresh"] : []),
      // Of each cluster the outputs say thirty lines; `pulumi stack output clusters` has them.
      ...(Object.keys(args?.clusters ?? {}).length > mostShown ? ["--suppress-outputs"] : []),
    ],
    onNotice: say,
    program: () => opened.program(target?.source, offlineLook),
  });
  if (exitCode !== 0) return exitCode;
  if (operation === "destroy") {
    rmSync(join(folder, stack), { recursive: true, force: true });
    return 0;
  }
  const code = report(options, folder, recorder);
  if (target === undefined || operation === "preview") return code;
  return (await target.summarize([...recorder.declared.values()])) ? code : 1;
}

/** The project's own policy pack, with a configuration if one is named. */
function policyPack(root: string, config: string | undefined): PackRun {
  return { path: join(root, "policies"), ...(config !== undefined && { config: resolve(config) }) };
}

/** Loaded where it is asked for only: an offline run needs nothing of it. */
function lab(): typeof import("../lab/stack/target") {
  return require("../lab/stack/target") as typeof import("../lab/stack/target");
}

function report(
  options: Options,
  folder: string,
  recorder: Awaited<ReturnType<typeof runOffline>>["recorder"],
): number {
  const declared = [...recorder.declared.values()];
  const place = join(folder, options.operation === "preview" ? `${options.stack}-preview` : options.stack);
  const later = afterMasking(declared, recorder.dependencies);
  const results = render(place, declared, options.showSecrets, later);
  const compared = agreements(declared);
  if (options.operation === "up" && recorder.changes === 0)
    console.log("Nothing changed: the stack is as its file says.");
  console.log(compared.length === 0 ? "" : `\n${formatComparisons(compared)}\n`);
  console.log(`Cluster half: ${results.manifests}/ (manifests)`);
  if (results.afterMasking !== undefined) {
    console.log(
      `              ${results.afterMasking}/ only once the data are masked: it has the applications' Secrets. Apply it when this has ended well:`,
    );
    for (const job of maskingJobs(declared)) {
      const { name, namespace } = metadataOf(job.inputs);
      console.log(
        `              kubectl wait -n ${namespace} --for=condition=Complete --timeout=1h job/${name}`,
      );
    }
  }
  if (results.monitoring !== undefined)
    console.log(`Monitoring:   ${results.monitoring}/ (what its ConfigMaps have, as files)`);
  console.log(`Cloud half:   ${results.cloud} (table)`);
  return agree(compared) ? 0 : 1;
}

exitWith(main(), [InvalidSettings, PulumiCliError, StackFileError, LabError, ClusterError]);
