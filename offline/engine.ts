import "./quickly";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb";
import { dump, load } from "js-yaml";
import type { PulumiCli } from "../cli";
import { propagationWaitVariable, waitVariable } from "../components/index";
import { noteDependencies } from "./dependencies";
import { type PackRun, type StartedPack, startPolicyPack } from "./policyPack";
import { offlineProviders, type Providers, type Recorder, serveProviders } from "./providers";

/** The Automation API's host for an inline program: part of the SDK, absent from its typings. */
const { LanguageServer } = require("@pulumi/pulumi/automation/server") as {
  LanguageServer: new (program: () => Promise<Record<string, unknown>>) => grpc.UntypedServiceImplementation;
};

/** What the engine is asked to do with the stack. */
export type Operation = "up" | "preview" | "destroy";

/** A run of the real engine with stand-ins for the providers. */
export interface OfflineRun {
  readonly cli: PulumiCli;
  readonly operation: Operation;
  readonly stack: string;
  /** Name of the project, as Pulumi.yaml has it. */
  readonly project: string;
  /** The stack file's content, with `config` and perhaps more. */
  readonly stackFile: Readonly<Record<string, unknown>>;
  /** Folder of state and all else that is kept between runs. */
  readonly folder: string;
  /** The program; what it returns becomes the stack's outputs. */
  readonly program: () => Promise<Record<string, unknown>>;
  /** What runs the program. Default: the Automation API's host for a program in this process. */
  readonly languageHost?: grpc.UntypedServiceImplementation;
  /** What stands in for the providers. Default: the offline ones. */
  readonly providers?: Providers;
  /**
   * Whether the state is saved after each step, so that a killed run forgets nothing that it made. Default: false.
   * Saving the whole state after each of n steps takes n² time, and nothing offline is lost with an unsaved step.
   */
  readonly saveEachStep?: boolean;
  /** Whether there is a Kubernetes cluster that the program can look at. Default: false. */
  readonly live?: boolean;
  /** Policies that judge the run; a mandatory violation ends it. */
  readonly policyPack?: PackRun | undefined;
  /** Further arguments of the CLI. */
  readonly cliArgs?: readonly string[];
  /** Where the CLI's output goes. Default: to this process' own. */
  readonly stdio?: "inherit" | "ignore" | "pipe";
  /** Called with everything that is printed, when stdio is `pipe`. */
  readonly onOutput?: (text: string) => void;
  /** Called with what a person should know before the run. */
  readonly onNotice?: (text: string) => void;
}

/** How a run ended. */
export interface OfflineResult {
  readonly exitCode: number;
  readonly recorder: Recorder;
}

/**
 * Runs an operation through the real Pulumi engine, with the program in this process, a local file backend, and
 * stand-ins for the providers, offline ones by default: no cloud, no cluster, no language host, no account.
 *
 * It calls the CLI as the Automation API does, and not through it: that would start five more processes around each
 * operation, which take longer than a small update. The stack file itself is never written to: the engine's salt for the
 * passphrase goes to a copy.
 */
export async function runOffline(run: OfflineRun): Promise<OfflineResult> {
  const recorder: Recorder = { declared: new Map(), dependencies: new Map(), changes: 0 };
  const work = prepareWorkFolder(run);
  const state = stateFolder(run.folder);
  mkdirSync(state, { recursive: true });
  removeStaleLocks(state, run.project, run.stack);

  const home = join(run.folder, "home");
  withoutLogs(home);
  const stateFile = stateFileOf(run);
  const env: NodeJS.ProcessEnv = {
    // For the engine too: one that has a language host starts the policy pack by that.
    PULUMI_CNPG_PREVIOUS: stateFile,
    ...process.env,
    PATH: [dirname(run.cli.path), process.env.PATH].filter(Boolean).join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    // The state has nothing of value: its passwords open no database.
    PULUMI_CONFIG_PASSPHRASE: "offline",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    ...(run.saveEachStep !== true && { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }),
  };
  for (const name of [
    ...(run.saveEachStep === true ? ["PULUMI_SKIP_CHECKPOINTS"] : []),
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_STACK",
    "PULUMI_CONFIG",
  ])
    delete env[name];
  // No stand-in has an IAM whose grants would need time; the program runs in this process.
  process.env[propagationWaitVariable] ??= "0s";
  // Without a cluster there is nothing to look at.
  if (run.live !== true) process.env[waitVariable] ??= "off";

  const pack = run.policyPack && startPack(run, run.policyPack, env);
  const started: { stop: () => void }[] = pack === undefined ? [] : [pack];
  try {
    if (!existsSync(stateFile))
      await cli(run, ["stack", "init", run.stack, "--non-interactive"], work, env, "ignore");
    const providers = await serveProviders(recorder, run.providers ?? offlineProviders(stateFile));
    started.push(providers);
    const program = () => {
      noteDependencies(recorder.dependencies);
      return run.program();
    };
    const language = await serveProgram(run.languageHost ?? new LanguageServer(program));
    started.push(language);
    const args = [
      run.operation,
      ...(run.operation === "preview" ? [] : ["--yes", "--skip-preview"]),
      "--stack",
      run.stack,
      `--client=127.0.0.1:${language.port}`,
      "--exec-kind",
      "auto.inline",
      ...(pack?.args ?? []),
      ...(run.cliArgs ?? []),
    ];
    const exitCode = await cli(
      run,
      args,
      work,
      { ...env, ...pack?.env, PULUMI_DEBUG_PROVIDERS: providers.attach },
      run.stdio ?? "inherit",
    );
    return { exitCode, recorder };
  } finally {
    for (const one of started.reverse()) one.stop();
  }
}

const stateFolder = (folder: string) => join(folder, "state");

/** Where a stack's state is. */
export const stateFileOf = ({
  folder,
  project,
  stack,
}: Pick<OfflineRun, "folder" | "project" | "stack">): string =>
  join(stateFolder(folder), ".pulumi", "stacks", project, `${stack}.json`);

/** Starts the policy pack; what it says goes where the CLI's output goes. */
function startPack(run: OfflineRun, pack: PackRun, env: NodeJS.ProcessEnv): StartedPack {
  const home = env.PULUMI_HOME ?? "";
  const say = run.stdio === "pipe" ? (text: string) => run.onOutput?.(text) : undefined;
  return startPolicyPack(home, pack, env, run.stdio === "ignore" ? () => {} : say);
}

async function serveProgram(
  language: grpc.UntypedServiceImplementation,
): Promise<{ port: number; stop: () => void }> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(languageGrpc.LanguageRuntimeService, language);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, stop: () => void server.forceShutdown() };
}

/** A folder with a copy of project and stack file, where the engine may write its salt. */
function prepareWorkFolder(run: OfflineRun): string {
  const work = join(run.folder, "work", run.stack);
  mkdirSync(work, { recursive: true });
  const config = projectConfig(run.project);
  writeFileSync(
    join(work, "Pulumi.yaml"),
    dump({ name: run.project, runtime: "nodejs", ...(config !== undefined && { config }) }),
  );
  const copy = join(work, `Pulumi.${run.stack}.yaml`);
  const salt = existsSync(copy)
    ? (load(readFileSync(copy, "utf8")) as { encryptionsalt?: string } | undefined)?.encryptionsalt
    : undefined;
  const settings = run.stackFile.config;
  const sealed: string[] = [];
  writeFileSync(
    copy,
    dump({ ...(salt !== undefined && { encryptionsalt: salt }), config: unseal(settings, "config", sealed) }),
  );
  for (const path of sealed)
    run.onNotice?.(
      `offline: ${path} is encrypted and can't be read here; the text "offline" stands in for it`,
    );
  return work;
}

/** What this project's Pulumi.yaml sets for all of its stacks, such as how the Kubernetes provider updates Secrets. */
function projectConfig(project: string): unknown {
  const file = join(__dirname, "../Pulumi.yaml");
  if (!existsSync(file)) return undefined;
  const { name, config } = load(readFileSync(file, "utf8")) as { name?: unknown; config?: unknown };
  return name === project ? config : undefined;
}

/** Settings with every `secure:` value, which only the stack's own secrets provider can read, replaced. */
function unseal(value: unknown, path: string, sealed: string[]): unknown {
  if (Array.isArray(value)) return value.map((inner, i) => unseal(inner, `${path}[${i}]`, sealed));
  if (typeof value !== "object" || value === null) return value;
  if (Object.keys(value).length === 1 && typeof (value as { secure?: unknown }).secure === "string") {
    sealed.push(path);
    return "offline";
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, unseal(inner, `${path}.${key}`, sealed)]),
  );
}

/**
 * Keeps the CLI from its own log of every run: encrypted, for its vendor's support, and a third of its work with many
 * resources. There is no switch for it; it does without when there can be no folder for it.
 */
function withoutLogs(home: string): void {
  mkdirSync(home, { recursive: true });
  const logs = join(home, "logs");
  if (existsSync(logs) && statSync(logs).isDirectory()) rmSync(logs, { recursive: true });
  if (!existsSync(logs)) writeFileSync(logs, "");
}

/** Removes locks of runs that were killed: their process is gone. One that still runs keeps its lock. */
function removeStaleLocks(state: string, project: string, stack: string): void {
  const folder = join(state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    const { pid } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { pid?: number };
    if (pid === undefined || !isAlive(pid)) rmSync(join(folder, file));
  }
}

/** Whether an engine still runs under this process id; the id of one that is gone may be somebody else's by now. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // `pid (name) state …`; one that was killed and that nobody has collected yet is in state Z.
    return /^\d+ \(pulumi[^)]*\) [^Z]/.test(stat);
  } catch {
    return !existsSync("/proc/self/stat");
  }
}

function cli(
  run: OfflineRun,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stdio: "inherit" | "ignore" | "pipe",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(run.cli.path, args, {
      cwd,
      env,
      stdio: ["ignore", stdio, stdio === "ignore" ? "pipe" : stdio],
    });
    let complaint = "";
    child.stdout?.on("data", (chunk: Buffer) => run.onOutput?.(chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => {
      if (stdio === "pipe") run.onOutput?.(chunk.toString());
      complaint += chunk.toString();
    });
    // Ctrl-C reaches the engine by itself, which then ends in order; the providers here have to live until it has.
    const interrupted = () => {
      // The engine waits for the program, and that for what it looks at.
      process.env[waitVariable] = "off";
    };
    const terminated = () => {
      interrupted();
      child.kill("SIGINT");
    };
    process.on("SIGINT", interrupted).on("SIGTERM", terminated);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGINT", interrupted).off("SIGTERM", terminated);
      if (args[0] === "stack" && code !== 0)
        reject(new Error(`pulumi ${args.join(" ")} failed:\n${complaint}`));
      else resolve(code ?? (signal === null ? 1 : 130));
    });
  });
}
