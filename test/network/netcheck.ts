import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Flow, Somebody } from "./scenario";

const source = join(__dirname, "netcheck");

/** What Cilium's engine says. */
export interface Verdict {
  readonly refused: readonly string[];
  readonly allowed: readonly boolean[];
}

/** The program that asks Cilium's policy engine, built once for each version of its source; undefined without Go. */
export async function netcheck(): Promise<string | undefined> {
  const given = process.env.NETCHECK;
  if (given !== undefined) return given;
  const hash = createHash("sha256");
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(readFileSync(join(source, file)));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "pulumi-cnpg", "netcheck");
  const program = join(folder, hash.digest("hex").slice(0, 16));
  if (existsSync(program)) return program;
  const { failed } = await execa("go", ["version"], { reject: false });
  if (failed) return undefined;
  mkdirSync(folder, { recursive: true });
  console.error("… building Cilium's policy engine, once: five to fifteen minutes");
  await execa("go", ["build", "-o", program, "."], { cwd: source, env: { GOFLAGS: "-mod=mod" } });
  return program;
}

/** Asks it of flows, by the policies that hold. */
export async function judge(
  program: string,
  identities: readonly Somebody[],
  flows: readonly Flow[],
  manifests: readonly object[],
): Promise<Verdict> {
  const input = JSON.stringify({ Identities: identities, Flows: flows, Manifests: manifests });
  const { stdout } = await execa(program, [], { input, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as Verdict;
}
