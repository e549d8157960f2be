import * as fs from "node:fs/promises";
import * as os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "./host";
import { ticking } from "./progress";

/**
 * Runs `task` while holding a lock file, waiting for another holder first.
 *
 * The file names the holder's process and machine, and the holder touches it as it works. A lock is stale, and taken
 * away, when its process on this machine is gone, or when it was not touched for `staleLockMs` (another machine that
 * shares the folder, a process id that was used again).
 *
 * It saves work, not correctness: should two waiters take a stale lock away from each other, both build, each into a
 * file of its own.
 *
 * @param task is told whether there was another holder to wait for
 */
export async function withLock<T>(
  host: Host,
  file: string,
  task: (waited: boolean) => Promise<T>,
): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, machine: os.hostname(), at: Date.now() });
  const waited = await acquire(host, file, mine);
  const touch = setInterval(() => {
    const now = new Date();
    // Gone means that somebody thought it stale; the work goes on all the same.
    fs.utimes(file, now, now).catch(() => undefined);
  }, host.limits.staleLockMs / 8);
  try {
    return await task(waited);
  } finally {
    clearInterval(touch);
    if ((await look(file))?.text === mine) {
      await fs.rm(file, { force: true });
    }
  }
}

/** @returns whether there was another holder */
async function acquire(host: Host, file: string, mine: string): Promise<boolean> {
  let stopTicking: (() => void) | undefined;
  try {
    while (true) {
      if (await create(file, mine)) {
        return stopTicking !== undefined;
      }
      const holder = await look(file);
      if (holder === undefined) {
        continue;
      }
      if (isStale(host, holder)) {
        host.say(`Taking over the build of the Pulumi CLI: ${describe(holder)} left ${file} behind.`);
        await fs.rm(file, { force: true });
        continue;
      }
      if (stopTicking === undefined) {
        host.say(`Another build of the Pulumi CLI is running (${describe(holder)}); waiting for it.`);
        stopTicking = ticking(
          host,
          (elapsed) => `Waiting for the other build of the Pulumi CLI: ${elapsed} s`,
        );
      }
      await sleep(host.limits.pollMs);
    }
  } finally {
    stopTicking?.();
  }
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await fs.writeFile(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

interface Holder {
  readonly text: string;
  readonly pid: number | undefined;
  readonly machine: string | undefined;
  readonly untouchedMs: number;
}

async function look(file: string): Promise<Holder | undefined> {
  try {
    const [text, stat] = await Promise.all([fs.readFile(file, "utf8"), fs.stat(file)]);
    return { text, ...parse(text), untouchedMs: Date.now() - stat.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function parse(text: string): Pick<Holder, "pid" | "machine"> {
  try {
    const { pid, machine }: { pid?: unknown; machine?: unknown } = JSON.parse(text);
    return {
      pid: typeof pid === "number" ? pid : undefined,
      machine: typeof machine === "string" ? machine : undefined,
    };
  } catch {
    // Created but not yet written, or broken: its age decides.
    return { pid: undefined, machine: undefined };
  }
}

function isStale(host: Host, holder: Holder): boolean {
  const here = holder.machine === os.hostname();
  return (
    (here && holder.pid !== undefined && !isAlive(holder.pid)) || holder.untouchedMs > host.limits.staleLockMs
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is another user's, and alive.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function describe(holder: Holder): string {
  return holder.pid === undefined ? "a process without a name" : `process ${holder.pid}`;
}
