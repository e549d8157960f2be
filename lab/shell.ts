import { LabError } from "./errors";

/** How a command is to be run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Variables besides this process' own; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input. */
  readonly input?: string;
  /** File that gets all that it says. */
  readonly log?: string;
}

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and tells how it ended, whatever the end; code 127 if there is no such command. */
export async function attempt(
  command: string,
  args: readonly string[],
  { cwd, env, input = "", log }: RunOptions = {},
): Promise<Ended> {
  const { execa } = await import("execa");
  const output = log === undefined ? "pipe" : (["pipe", { file: log, append: true }] as const);
  const ended = await execa(command, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...{ input, stdout: output, stderr: output },
    stripFinalNewline: false,
    reject: false,
  });
  const { exitCode, signal, originalMessage = "", stdout, stderr } = ended;
  if (exitCode === undefined && signal === undefined)
    return { code: 127, stdout: "", stderr: originalMessage };
  return { code: exitCode ?? 137, stdout, stderr };
}

/**
 * Runs a command and returns what it printed.
 *
 * @throws LabError with the last lines of what it said, if it fails
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options);
  if (code === 0) return stdout;
  const last = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n");
  const whole = options.log === undefined ? "" : `\nAll of it: ${options.log}`;
  throw new LabError(`${command} ${args.slice(0, 6).join(" ")} failed (exit code ${code}):\n${last}${whole}`);
}

/**
 * Asks again until the answer is true.
 *
 * @throws LabError with `what`, and what `why` tells then, when the time is up
 */
export async function until(
  what: string,
  seconds: number,
  ask: () => Promise<boolean> | boolean,
  why: () => string = () => "",
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await ask())) {
    if (Date.now() > end) throw new LabError(`Waited ${seconds} s for ${what}. ${why()}`.trim());
    await new Promise((next) => setTimeout(next, 200));
  }
}
