import type { Host } from "./host";

/** How to run a command. */
export interface RunOptions {
  /** Environment; default the host's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Working directory; default this process's. */
  readonly cwd?: string;
  /** The command is stopped after this many milliseconds. */
  readonly limitMs: number;
  /** Whether each line of output starts that limit anew: what goes on is slow, and does not hang. */
  readonly renewed?: boolean;
  /** A shorter limit that is lifted by the first line of output for which `until` is true. */
  readonly first?: { readonly ms: number; readonly until: (line: string) => boolean };
  /** Sees every line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended. */
export interface RunResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was stopped by its limit. */
  readonly timedOut: boolean;
  /** What went wrong, in a few words, when it is not ok: "exit code 1", "not done after 15 s". */
  readonly failure: string;
}

/** Time between asking a command to stop and making it stop. */
const GRACE_MS = 1_000;

/** Runs a command without a shell and without input. Never rejects: a command that can't start is a failure too. */
export async function run(
  host: Host,
  command: string,
  args: readonly string[],
  { env = host.env, cwd, limitMs, renewed = false, first, onLine }: RunOptions,
): Promise<RunResult> {
  const { execa } = await import("execa");
  const silence = new AbortController();
  const timer = first && setTimeout(() => silence.abort(), first.ms);
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    silence.abort();
  }, limitMs);
  const child = execa(command, args, {
    ...(cwd !== undefined && { cwd }),
    env,
    extendEnv: false,
    stdin: "ignore",
    stripFinalNewline: false,
    reject: false,
    cancelSignal: silence.signal,
    // A stopped launcher takes its shell and its download with it.
    killDescendants: true,
    forceKillAfterDelay: GRACE_MS,
  });
  // What left the group may hold the pipes for long: it is not waited for.
  const letGo = () => [child.stdout, child.stderr].map((stream) => stream.destroy());
  child.nodeChildProcess.once("exit", () => setTimeout(letGo, 2 * GRACE_MS).unref());
  for (const stream of [child.stdout, child.stderr]) {
    const split = lineSplitter((line) => {
      if (first?.until(line)) clearTimeout(timer);
      if (renewed) limit.refresh();
      onLine?.(line);
    });
    stream.on("data", (chunk: Buffer) => split(chunk.toString()));
  }
  const ended = await child;
  clearTimeout(timer);
  clearTimeout(limit);
  const { stdout, stderr, failed, isCanceled, exitCode, signal, originalMessage = "" } = ended;
  const failure = timedOut
    ? renewed
      ? `not a word in ${seconds(limitMs)}`
      : `not done after ${seconds(limitMs)}`
    : isCanceled
      ? `no answer in ${seconds(first?.ms ?? 0)}`
      : signal !== undefined
        ? `stopped by ${signal}`
        : exitCode !== undefined
          ? `exit code ${exitCode}`
          : originalMessage;
  return { ok: !failed, stdout, stderr, timedOut: failed && timedOut, failure: failed ? failure : "" };
}

/** The last lines of a text that carry something. */
export function lastLines(text: string, count: number): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count);
}

function seconds(ms: number): string {
  return `${ms < 1000 ? ms / 1000 : Math.round(ms / 1000)} s`;
}

function lineSplitter(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    lines.filter((line) => line !== "").forEach(onLine);
  };
}
