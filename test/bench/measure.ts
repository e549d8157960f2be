import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { root } from "./stackOf";

/** What a process and all that it started took. */
export interface Measured {
  readonly seconds: number;
  /**
   * Peak of the resident memory of the process and its descendants together, in MB: at any moment the sum of the peaks
   * of those that live. `undefined` where there is no /proc.
   */
  readonly megabytes: number | undefined;
  /** What it printed, both streams. */
  readonly output: string;
}

const sampleEveryMs = 20;

/** {@link measure} of Node. */
export function measureNode(
  args: readonly string[],
  outputFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  return measure(process.execPath, args, outputFile, env);
}

/**
 * Runs a program in a process of its own and measures it from start to exit. Its output goes to a file and not through
 * this process, which would otherwise take a share of the processor.
 *
 * @throws if it fails, with the end of what it printed
 */
export async function measure(
  command: string,
  args: readonly string[],
  outputFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  const output = openSync(outputFile, "w");
  const began = performance.now();
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", output, output] });
  closeSync(output);
  let peak = 0;
  const sample = (): void => {
    if (child.pid !== undefined) peak = Math.max(peak, treePeak(child.pid));
  };
  const timer = setInterval(sample, sampleEveryMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  }).finally(() => clearInterval(timer));
  const seconds = (performance.now() - began) / 1000;
  const text = readFileSync(outputFile, "utf8");
  if (code !== 0)
    throw new Error(`${basename(command)} ${args.join(" ")} ended with ${code}:\n${text.slice(-2000)}`);
  return { seconds, megabytes: peak === 0 ? undefined : peak / 1024, output: text };
}

/** Sum of the peak resident memory, in KiB, of a process and of its descendants that live now; 0 if unknown. */
function treePeak(pid: number): number {
  const own = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return childrenOf(pid).reduce((sum, child) => sum + treePeak(child), Number(own ?? 0));
}

/** Children of every thread of a process. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(join(`/proc/${pid}/task`, thread, "children"))
        .split(" ")
        .filter((child) => child !== "")
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** Content of a file of /proc; empty when its process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
