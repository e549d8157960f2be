import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A policy pack for a run of the engine. */
export interface PackRun {
  /** Folder of the pack: the one with PulumiPolicy.yaml. */
  readonly path: string;
  /** File with its configuration, as JSON. */
  readonly config?: string;
}

/** A policy pack whose host has been started. */
export interface StartedPack {
  /** For the CLI. */
  readonly args: readonly string[];
  /** For the CLI's environment. */
  readonly env: NodeJS.ProcessEnv;
  stop(): void;
}

/** Variable with the pipe through which a host that already runs tells its port. */
const PIPE = "PULUMI_CNPG_POLICY_HOST";

/**
 * Starts a policy pack under this Node, and installs the plugin by which the engine finds it: there is no language host.
 *
 * The host starts at the same time as the engine, which would otherwise wait for it. The plugin stands in the engine's
 * own folder of plugins: of one that is found on the PATH, the engine warns in every run.
 *
 * @param home the engine's folder, PULUMI_HOME
 */
export function startPolicyPack(
  home: string,
  pack: PackRun,
  env: NodeJS.ProcessEnv,
  onError: ((text: string) => void) | undefined,
): StartedPack {
  const sdkHost = dirname(require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"));
  const plugin = join(home, "plugins", "analyzer-policy-nodejs-v1.0.0");
  mkdirSync(plugin, { recursive: true });
  const script = [
    "#!/bin/sh",
    `[ -p "$${PIPE}" ] && exec cat "$${PIPE}"`,
    `exec '${process.execPath}' --no-warnings '${sdkHost}' "$@"`,
  ];
  writeFileSync(join(plugin, "pulumi-analyzer-policy-nodejs"), `${script.join("\n")}\n`, { mode: 0o755 });

  const args = ["--policy-pack", pack.path];
  if (pack.config !== undefined) args.push("--policy-pack-config", pack.config);
  const started = startHost(pack.path, env, onError);
  return {
    args,
    env: { PULUMI_IGNORE_AMBIENT_PLUGINS: "true", ...(started !== undefined && { [PIPE]: started.pipe }) },
    stop: () => started?.stop(),
  };
}

/** Starts the host; undefined where there are no named pipes, and the engine has to start it by itself. */
function startHost(
  folder: string,
  env: NodeJS.ProcessEnv,
  onError: ((text: string) => void) | undefined,
): { pipe: string; stop: () => void } | undefined {
  const place = mkdtempSync(join(tmpdir(), "pulumi-cnpg-policies-"));
  const remove = () => rmSync(place, { recursive: true, force: true });
  const pipe = join(place, "port");
  try {
    execFileSync("mkfifo", ["-m", "600", pipe], { stdio: "ignore" });
  } catch {
    remove();
    return undefined;
  }
  // For reading too, so that it opens before there is a reader. The pack's own entry, without the SDK's host around it:
  // that loads a TypeScript compiler first. Its input ends when this process does, and so does it.
  const output = openSync(pipe, constants.O_RDWR);
  const start = `process.on("SIGINT", () => {}); process.stdin.resume().on("end", () => process.exit()); require(${JSON.stringify(folder)});`;
  const child: ChildProcess = spawn(
    process.execPath,
    [
      "--no-warnings",

      "--max-semi-space-size=16",
      "-e",
      start,
    ],
    {
      cwd: folder,
      env,
      stdio: ["pipe", output, onError === undefined ? "inherit" : "pipe"],
    },
  );
  closeSync(output);
  child.stderr?.on("data", (chunk: Buffer) => onError?.(chunk.toString()));
  // If it can't be started, the pipe closes, and the engine says that there is no policy pack.
  child.once("error", () => {});
  return {
    pipe,
    stop: () => {
      child.kill();
      remove();
    },
  };
}
