import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, executableName, resolveHost } from "../../cli/host";

/** The version that is compared with. */
export const CONFTEST_VERSION = "0.71.1";
const MODULE = "github.com/open-policy-agent/conftest";

/**
 * Path of conftest, built from its Go module if need be, which takes some minutes once; or why there is none. It is kept
 * in the user's cache, beside the Pulumi CLI.
 */
export function conftest(): { readonly path: string } | { readonly problem: string } {
  const host = resolveHost();
  const name = `conftest-v${CONFTEST_VERSION}-${host.platform}-${host.arch}`;
  const folder = join(dirname(cacheFolder(host)), name);
  const path = join(folder, executableName(host, "conftest"));
  if (existsSync(path)) return { path };
  const version = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const language = /\bgo(\d+\.\d+)/.exec(version.stdout ?? "")?.[1];
  if (language === undefined) return { problem: "there is no Go to build it with" };
  console.error(
    `Building conftest v${CONFTEST_VERSION} from its Go module, once: some minutes, then kept in ${folder}`,
  );
  const module = mkdtempSync(join(tmpdir(), "pulumi-cnpg-conftest-"));
  const part = `${path}.part-${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(module, "go.mod"), `module pulumi-cnpg.invalid/conftest\n\ngo ${language}\n`);
    for (const args of [
      ["get", "-tool", `${MODULE}@v${CONFTEST_VERSION}`],
      ["build", "-trimpath", "-ldflags", "-s -w", "-o", part, MODULE],
    ]) {
      const done = go(module, args);
      if (done.status !== 0)
        return {
          problem: `go ${args[0]} failed: ${(done.stderr ?? "").trim().split("\n").slice(-3).join(" ")}`,
        };
    }
    renameSync(part, path);
    return { path };
  } finally {
    rmSync(part, { force: true });
    rmSync(module, { recursive: true, force: true });
  }
}

function go(folder: string, args: readonly string[]): SpawnSyncReturns<string> {
  // What the user's own work is set to must not leak into this build.
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...rest } = process.env;
  const env = { ...rest, CGO_ENABLED: "0", GOWORK: "off" };
  return spawnSync("go", args, { cwd: folder, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** Three small rules, as somebody would write them; they warn, so that conftest ends with 0. */
export const POLICY = `package main

warn contains msg if {
	input.kind == "ScheduledBackup"
	count(split(input.spec.schedule, " ")) == 5
	msg := sprintf("%s: five fields", [input.metadata.name])
}

warn contains msg if {
	input.kind == "Cluster"
	input.spec.instances < 2
	msg := sprintf("%s: one instance", [input.metadata.name])
}

warn contains msg if {
	input.kind == "Cluster"
	not input.spec.plugins
	not input.spec.backup
	msg := sprintf("%s: no backup", [input.metadata.name])
}
`;
