import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "./paths";
import { until } from "./shell";

/** A process, with its start time in clock ticks, so that another one with the same number is not mistaken for it. */
export interface ProcessId {
  readonly pid: number;
  readonly started: string;
}

/** The process that has this number now; undefined if there is none, or only its unburied remains. */
export function processOf(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

function pidFile(paths: LabPaths, name: string): string {
  return join(paths.run, "pids", name);
}

/** Notes that a daemon of this name is that process. */
export function note(paths: LabPaths, name: string, process: ProcessId): void {
  mkdirSync(join(paths.run, "pids"), { recursive: true });
  writeFileSync(pidFile(paths, name), JSON.stringify(process));
}

/** The daemon of this name, if it runs. */
export function alive(paths: LabPaths, name: string): ProcessId | undefined {
  const file = pidFile(paths, name);
  if (!existsSync(file)) return undefined;
  const noted = JSON.parse(readFileSync(file, "utf8")) as ProcessId;
  return processOf(noted.pid)?.started === noted.started ? noted : undefined;
}

/** Whether a daemon of this name was started and not ended since, though it may have ended by itself. */
export const isNoted = (paths: LabPaths, name: string): boolean => existsSync(pidFile(paths, name));

/** Where a daemon's own words go. */
export const logOf = (paths: LabPaths, name: string): string => join(paths.run, "logs", `${name}.log`);

/**
 * Starts a daemon unless it runs already. It outlives this process, and reads nothing.
 *
 * @param inside the first process of the namespaces that it is to live in; without it, those of this machine
 * @returns whether it had to be started
 */
export function start(
  paths: LabPaths,
  name: string,
  command: readonly string[],
  options: { readonly inside?: ProcessId; readonly env?: Readonly<Record<string, string>> } = {},
): boolean {
  if (alive(paths, name) !== undefined) return false;
  mkdirSync(join(paths.run, "logs"), { recursive: true });
  const log = openSync(logOf(paths, name), "a");
  // A daemon must not outlive the nsenter that stands for it here: the next one would find its port taken.
  const entered =
    options.inside === undefined
      ? command
      : [...enter(options.inside), "setpriv", "--pdeathsig", "KILL", "--", ...command];
  const [program = "", ...args] = entered;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, ...options.env },
  });
  child.on("error", () => {});
  closeSync(log);
  child.unref();
  const started = child.pid === undefined ? undefined : processOf(child.pid);
  if (started !== undefined) note(paths, name, started);
  return true;
}

/** The command before a command that is to run in the namespaces of another process. */
export function enter(inside: ProcessId): string[] {
  return ["nsenter", "--target", String(inside.pid), "--mount", "--net", "--pid", "--"];
}

/** Ends a daemon: politely, and after five seconds not. */
export async function stop(paths: LabPaths, name: string): Promise<void> {
  const running = alive(paths, name);
  if (running !== undefined) {
    const gone = () => processOf(running.pid)?.started !== running.started;
    const send = (signal: NodeJS.Signals) => {
      try {
        process.kill(running.pid, signal);
      } catch {
        // It ended by itself.
      }
    };
    send("SIGTERM");
    await until(name, 5, gone).catch(() => send("SIGKILL"));
    await until(`the end of ${name}`, 20, gone);
  }
  rmSync(pidFile(paths, name), { force: true });
}
