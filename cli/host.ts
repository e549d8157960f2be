import * as os from "node:os";
import * as path from "node:path";
import { BUILT_VERSION } from "./versions";

/** The ways to a CLI, in the order in which they are tried. */
export const WAYS = ["path", "cache", "launcher", "go"] as const;

/** One way to a CLI. */
export type Way = (typeof WAYS)[number];

/** A Pulumi CLI that was run and answered. */
export interface PulumiCli {
  /** Absolute path of the executable itself, not of a wrapper around it. */
  readonly path: string;
  /** What `pulumi version` printed, without the leading `v`. */
  readonly version: string;
  /** Where it came from. */
  readonly how: "PULUMI_CNPG_CLI" | "PATH" | "cache" | "launcher" | "go build";
}

/** What one way came to: a CLI, or what went wrong in words for the final error. */
export type Attempt = { readonly cli: PulumiCli } | Problem;

/** What went wrong on one way, and what to do if that is not the way's usual advice. */
export interface Problem {
  readonly problem: string;
  readonly todo?: string;
}

/** An error whose message tells a person what to change; its stack is of no interest. */
export class PulumiCliError extends Error {
  override readonly name = "PulumiCliError";
}

/** Time limits and intervals, in milliseconds. */
export interface Limits {
  /** For `pulumi version` and `go env`. Default 90 s: a virus scanner may read 110 MB first, and a machine may be busy. */
  readonly versionMs: number;
  /** For the launcher to reach its vendor, before the installer says its first word. Default 20 s. */
  readonly connectMs: number;
  /** For the launcher's whole download. Default 10 minutes. */
  readonly launcherMs: number;
  /** For each of the two Go commands, without a word of it: a busy machine takes an hour. Default 30 minutes. */
  readonly goMs: number;
  /** Between two lines of progress. Default 10 s. */
  readonly progressMs: number;
  /** Between two looks at a lock that someone else holds. Default 0.5 s. */
  readonly pollMs: number;
  /** A lock whose holder has not touched it for this long is stale. Default 2 minutes. */
  readonly staleLockMs: number;
}

/** What `getPulumiCli` takes from the machine; everything defaults to the real thing. */
export interface PulumiCliOptions {
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** Default: `process.arch`. */
  readonly arch?: string;
  /** Default: the user's home directory. */
  readonly homeDir?: string;
  /** Where the Go build makes its temporary module. Default: the system's folder for temporary files. */
  readonly tempDir?: string;
  /** Folder of the npm package `pulumi`, or undefined for none. Default: the installed one. */
  readonly launcherDir?: string | undefined;
  /** Ways to try. Default: the environment variable `PULUMI_CNPG_CLI_WAYS`, or all. The order never changes. */
  readonly ways?: readonly Way[];
  /** Takes one line of notice or progress. Default: a line on stderr. */
  readonly say?: (line: string) => void;
  /** Limits that differ from the defaults. */
  readonly limits?: Partial<Limits>;
}

/** The options with every default filled in. */
export interface Host extends Required<Omit<PulumiCliOptions, "limits">> {
  readonly limits: Limits;
}

const DEFAULT_LIMITS: Limits = {
  versionMs: 90_000,
  connectMs: 20_000,
  launcherMs: 600_000,
  goMs: 1_800_000,
  progressMs: 10_000,
  pollMs: 500,
  staleLockMs: 120_000,
};

/**
 * Fills in the defaults.
 *
 * @throws PulumiCliError when `PULUMI_CNPG_CLI_WAYS` names a way that does not exist
 */
export function resolveHost(options: PulumiCliOptions = {}): Host {
  const env = options.env ?? process.env;
  return {
    env,
    platform: options.platform ?? process.platform,
    arch: options.arch ?? process.arch,
    homeDir: options.homeDir ?? os.homedir(),
    tempDir: options.tempDir ?? os.tmpdir(),
    launcherDir: "launcherDir" in options ? options.launcherDir : installedLauncher(),
    ways: options.ways ?? parseWays(env.PULUMI_CNPG_CLI_WAYS),
    say: options.say ?? ((line) => void process.stderr.write(`${line}\n`)),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  };
}

function parseWays(text: string | undefined): readonly Way[] {
  const names = (text ?? "").split(",").flatMap((part) => part.trim() || []);
  const unknown = names.filter((name) => !(WAYS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new PulumiCliError(
      `PULUMI_CNPG_CLI_WAYS: unknown way ${unknown.map((name) => `"${name}"`).join(", ")}. ` +
        `Write a comma-separated choice of ${WAYS.join(", ")}, or leave it unset for all of them.`,
    );
  }
  return names.length === 0 ? WAYS : WAYS.filter((way) => names.includes(way));
}

function installedLauncher(): string | undefined {
  try {
    return path.dirname(require.resolve("pulumi/package.json"));
  } catch {
    // `npm ci --omit=dev` leaves it out.
    return undefined;
  }
}

/** `pulumi`, or `pulumi.exe` on Windows. */
export function executableName(host: Pick<Host, "platform">, name: string): string {
  return host.platform === "win32" ? `${name}.exe` : name;
}

/** The folder that keeps the CLI built from the Go module, one for each version, platform and architecture. */
export function cacheFolder(host: Pick<Host, "env" | "platform" | "arch" | "homeDir">): string {
  const name = `pulumi-v${BUILT_VERSION}-${host.platform}-${host.arch}`;
  if (host.platform === "win32") {
    const base = host.env.LOCALAPPDATA || path.win32.join(host.homeDir, "AppData", "Local");
    return path.win32.join(base, "pulumi-cnpg", name);
  }
  const xdg = host.env.XDG_CACHE_HOME ?? "";
  // The XDG specification says to ignore a relative path.
  const base = path.posix.isAbsolute(xdg) ? xdg : path.posix.join(host.homeDir, ".cache");
  return path.posix.join(base, "pulumi-cnpg", name);
}
