import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dump, load } from "js-yaml";

/** Root of the project. */
export const root = resolve(__dirname, "../..");

/** How a command ended, with all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A resource in the engine's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: { readonly [key: string]: unknown };
  readonly outputs?: { readonly [key: string]: unknown };
  /** When an operation last wrote it. */
  readonly modified?: string;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
}

type Settings = { [key: string]: unknown };

/** A folder of its own for state and results, and `npm start` run against it as a person would. */
export class Offline {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-engine-"));

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs `npm start -- <args>`, by the command behind it. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return run(
      process.execPath,
      ["--import", "tsx", "offline/start.ts", "--folder", this.folder, ...args],
      env,
    );
  }

  /** Writes a stack file of the same name, made from `stacks/Pulumi.<base>.yaml` by `change`, and returns its path. */
  stackFile(base: string, change: (settings: Settings) => void): string {
    const content = load(readFileSync(join(root, "stacks", `Pulumi.${base}.yaml`), "utf8")) as {
      config: Settings;
    };
    change(content.config);
    const file = join(this.folder, `Pulumi.${base}.yaml`);
    writeFileSync(file, dump(content));
    return file;
  }

  /** Path of the engine's state of a stack. */
  stateFile(stack: string): string {
    return join(this.folder, "state", ".pulumi", "stacks", "pulumi-cnpg", `${stack}.json`);
  }

  /** What the engine's state holds of a stack; nothing if there is none. */
  state(stack: string): StateResource[] {
    const file = this.stateFile(stack);
    if (!existsSync(file)) return [];
    const state = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    // The engine keeps siblings in the order in which they were done, which differs from run to run.
    return (state.checkpoint.latest?.resources ?? []).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }
}

/** Which resources there are and when each was last written: what has to stay the same if nothing happened. */
export function touched(resources: readonly StateResource[]): string[] {
  return resources.map((r) => `${r.urn} ${r.modified}`);
}

/** The settings of a cluster in a stack file that is being changed. */
export function clusterIn(settings: Settings, name: string): Settings {
  return (settings["pulumi-cnpg:clusters"] as { [cluster: string]: Settings })[name] as Settings;
}

/** Runs a command in the project's root, without a terminal. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const note = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    child.once("error", failed);
    child.once("close", (code) => done({ code, output }));
  });
}
