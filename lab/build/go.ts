import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkGo } from "../needs";
import type { LabPaths } from "../paths";
import { run } from "../shell";

/** A binary that is built from a Go module. */
export interface Binary {
  /** Name of the file in the lab's `bin`. */
  readonly name: string;
  readonly module: string;
  /** Without the leading v. */
  readonly version: string;
  /** Package of the main function. */
  readonly package: string;
  /** Flags of the linker besides `-s -w`. */
  readonly ldflags?: string;
}

const buildFlags = ["-p", "2", "-trimpath"];

let checked: Promise<void> | undefined;

/** Go in a folder of the lab, without C. */
export async function go(paths: LabPaths, folder: string, args: readonly string[]): Promise<string> {
  checked ??= checkGo();
  await checked;
  return run("go", args, {
    cwd: folder,
    // GOFLAGS and GOWORK of the user are for the user's own work.
    env: { CGO_ENABLED: "0", GOFLAGS: undefined, GOWORK: "off" },
    log: join(paths.modules, "go.log"),
  });
}

/** Whether a file is there as this recipe makes it. */
export function isBuilt(paths: LabPaths, name: string, recipe: string): boolean {
  const stamp = join(paths.bin, `.${name}.recipe`);
  return existsSync(join(paths.bin, name)) && existsSync(stamp) && readFileSync(stamp, "utf8") === recipe;
}

/** Notes the recipe of a file that has just been made. */
export function noteBuilt(paths: LabPaths, name: string, recipe: string): void {
  writeFileSync(join(paths.bin, `.${name}.recipe`), recipe);
}

/** Lines of a go.mod that begin every module of ours. */
export async function moduleHead(paths: LabPaths, name: string): Promise<string> {
  const version = (await go(paths, paths.modules, ["env", "GOVERSION"])).trim().replace(/^go|\s.*$/g, "");
  return `module lab.invalid/${name}\n\ngo ${version}\n`;
}

/** An empty folder for a module of ours. */
export function moduleFolder(paths: LabPaths, name: string): string {
  const folder = join(paths.modules, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Compiles a package of the module in `folder`. */
export async function compile(
  paths: LabPaths,
  folder: string,
  binary: Pick<Binary, "name" | "package" | "ldflags">,
): Promise<void> {
  const out = join(paths.bin, binary.name);
  const ldflags = `-s -w ${binary.ldflags ?? ""}`.trim();
  await go(paths, folder, [
    "build",
    ...buildFlags,
    "-mod=mod",
    "-ldflags",
    ldflags,
    "-o",
    out,
    binary.package,
  ]);
}

/**
 * Builds a binary unless it is there. In a module of ours whose only tool is the wanted package: `go install` would
 * refuse modules with replace directives.
 */
export async function buildBinary(paths: LabPaths, binary: Binary): Promise<void> {
  const recipe = JSON.stringify(binary);
  if (isBuilt(paths, binary.name, recipe)) return;
  const folder = moduleFolder(paths, binary.name);
  writeFileSync(join(folder, "go.mod"), await moduleHead(paths, binary.name));
  await go(paths, folder, ["get", "-tool", `${binary.package}@v${binary.version}`]);
  await compile(paths, folder, binary);
  noteBuilt(paths, binary.name, recipe);
}

/** Folder of a module's files in Go's cache; downloads it if need be. */
export async function moduleSource(paths: LabPaths, module: string, version: string): Promise<string> {
  const answer = await go(paths, paths.modules, ["mod", "download", "-json", `${module}@v${version}`]);
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
