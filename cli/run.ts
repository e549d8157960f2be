import type { ChildProcess } from "node:child_process";
import type { Host } from "./host";

/** How to run a command. */
export interface RunOptions {
  /** Environment; default the host's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Working directory; default this process's. */
  readonly cwd?: string;
  /** The command is stopped after this many milliseconds. */
  readonly limitMs: number;
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
  /** What went wrong, in a few words, when it is not ok: "exit code 1", "not done after 15 s". */
  readonly failure: string;
}

/** Time between asking a command to stop and making it stop. */
const GRACE_MS = 1_000;

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a command without a shell and without input. Never rejects: a command that can't start is a failure too. */
export function run(
  host: Host,
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  // A group of its own, so that a stopped launcher takes its shell and its download with it.
  const grouped = host.platform !== "win32";
  const start = () =>
    host.spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...(options.env ?? host.env) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: grouped,
      windowsHide: true,
    });
  return new Promise((resolve) => {
    let child: ReturnType<typeof start>;
    try {
      child = start();
    } catch (error) {
      // Most failures come as an event, but "text file busy" and a broken .exe are thrown.
      resolve({ ok: false, stdout: "", stderr: "", failure: (error as Error).message });
      return;
    }
    const output = { stdout: "", stderr: "" };
    const timers: NodeJS.Timeout[] = [];
    let failure = "";

    const kill = (signal: NodeJS.Signals) => killTree(child, signal, grouped);
    const unforward = forwardSignals(kill);
    const finish = (ok: boolean) => {
      timers.forEach(clearTimeout);
      unforward();
      resolve({ ok, ...output, failure: ok ? "" : failure });
    };
    const expire = (why: string) => () => {
      failure ||= why;
      kill("SIGTERM");
      timers.push(
        setTimeout(() => {
          kill("SIGKILL");
          // Something that left the group may still hold the pipes: don't wait for it.
          child.stdout?.destroy();
          child.stderr?.destroy();
          finish(false);
        }, GRACE_MS),
      );
    };
    timers.push(setTimeout(expire(`not done after ${seconds(options.limitMs)}`), options.limitMs));
    const first = options.first;
    const firstTimer = first && setTimeout(expire(`no answer in ${seconds(first.ms)}`), first.ms);
    if (firstTimer) {
      timers.push(firstTimer);
    }
    const onLine = (line: string) => {
      if (first?.until(line)) {
        clearTimeout(firstTimer);
      }
      options.onLine?.(line);
    };
    for (const name of ["stdout", "stderr"] as const) {
      const split = lineSplitter(onLine);
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        split(text);
      });
    }
    child.on("error", (error) => {
      failure = error.message;
      finish(false);
    });
    child.on("close", (code, signal) => {
      // A command that was told to stop may still end with 0.
      const ok = code === 0 && failure === "";
      failure ||= code === null ? `stopped by ${signal}` : `exit code ${code}`;
      finish(ok);
    });
  });
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

function killTree(child: ChildProcess, signal: NodeJS.Signals, grouped: boolean): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    if (grouped) {
      process.kill(-child.pid, signal);
    } else {
      child.kill(signal);
    }
  } catch {
    // It has just ended.
  }
}

/** A group of its own does not hear Ctrl-C in the terminal, so it is passed on. */
function forwardSignals(kill: (signal: NodeJS.Signals) => void): () => void {
  const forward = (signal: NodeJS.Signals) => {
    kill(signal);
    remove();
    // With nobody else listening, this process would have ended; let it.
    if (process.listenerCount(signal) === 0) {
      process.kill(process.pid, signal);
    }
  };
  const remove = () => {
    for (const signal of FORWARDED) {
      process.off(signal, forward);
    }
  };
  for (const signal of FORWARDED) {
    process.on(signal, forward);
  }
  return remove;
}
