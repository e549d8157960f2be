import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Flow, Somebody } from "./scenario";

const source = join(__dirname, "netcheck");

/** What Cilium's engine says. */
export interface Verdict {
  readonly refused: readonly string[];
  readonly allowed: readonly boolean[];
}

/** The program that asks Cilium's policy engine, built once for each version of its source; undefined without Go. */
export function netcheck(): string | undefined {
  const given = process.env.NETCHECK;
  if (given !== undefined) return given;
  const hash = createHash("sha256");
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(readFileSync(join(source, file)));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "pulumi-cnpg", "netcheck");
  const program = join(folder, hash.digest("hex").slice(0, 16));
  if (existsSync(program)) return program;
  if (spawnSync("go", ["version"]).status !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  console.error("… building Cilium's policy engine, once: five to fifteen minutes");
  const env = { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off" };
  const { status } = spawnSync("go", ["build", "-o", program, "."], { cwd: source, env, stdio: "inherit" });
  if (status !== 0) throw new Error("Cilium's policy engine could not be built: see above");
  return program;
}

/** Asks it of flows, by the policies that hold. */
export function judge(
  program: string,
  identities: readonly Somebody[],
  flows: readonly Flow[],
  manifests: readonly object[],
): Verdict {
  const input = JSON.stringify({ Identities: identities, Flows: flows, Manifests: manifests });
  const { status, stdout, stderr } = spawnSync(program, { input, maxBuffer: 2 ** 28, encoding: "utf8" });
  if (status !== 0) throw new Error(`netcheck: ${stderr}`);
  return JSON.parse(stdout) as Verdict;
}
