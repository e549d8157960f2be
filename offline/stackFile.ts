import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { isSecretSetting } from "../stacks/keys";

/** What Pulumi.yaml says that matters here. */
export interface Project {
  readonly name: string;
  /** Folder of the stack files, relative to the project. */
  readonly stackFolder: string;
}

/** A stack file, whole, and its settings as the engine would hand them to the program. */
export interface StackFile {
  readonly content: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, string>>;
}

/** Options of every command that reads a stack file. */
export const stackOptions = {
  stack: { type: "string" },
  "stack-file": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** A project or stack file that can't be read; the message says which and what to do. */
export class StackFileError extends Error {}

export function readProject(root: string): Project {
  const content = readYaml(join(root, "Pulumi.yaml"), () => "Run this from a checkout of the project.");
  return { name: String(content.name), stackFolder: String(content.stackConfigDir ?? ".") };
}

/**
 * The stack that a call is about: the one that it names, else the one whose file it names, else `dev`.
 *
 * @throws StackFileError for a file whose name doesn't say its stack: what is in it would be done to another stack
 */
export function stackNamed(stack: string | undefined, file: string | undefined): string {
  if (stack !== undefined) return stack;
  if (file === undefined) return "dev";
  const [, own] = /^Pulumi\.(.+)\.ya?ml$/.exec(basename(file)) ?? [];
  if (own !== undefined) return own;
  throw new StackFileError(
    `--stack-file ${file}: which stack is it for? Add --stack NAME, or call the file Pulumi.NAME.yaml`,
  );
}

/** Reads `stacks/Pulumi.<stack>.yaml`, or the file that is named instead. */
export function readStackFile(root: string, project: Project, stack: string, file?: string): StackFile {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack))
    throw new StackFileError(`--stack ${JSON.stringify(stack)}: letters, digits, - _ and . only`);
  const folder = join(root, project.stackFolder);
  const path = file ?? join(folder, `Pulumi.${stack}.yaml`);
  const content = readYaml(
    path,
    () =>
      `Stacks in ${project.stackFolder}/: ${stacksIn(folder).join(", ") || "none"}. Choose one with --stack, or write the file.`,
  );
  const settings = content.config ?? {};
  if (typeof settings !== "object" || Array.isArray(settings))
    throw new StackFileError(`${path}: config: has to be a map of settings`);
  const config: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings as Record<string, unknown>)) {
    if (value === null || value === undefined) continue;
    if (isKey(project, key) && typeof value !== "object")
      throw new StackFileError(
        `${path}: ${key} stands there in the open, for everybody who can read the file. Make a new key at the store, and ` +
          `write it encrypted: pulumi config set --secret --stack ${stack} ${key}`,
      );
    config[key] = typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  return { content, config };
}

/** Whether a setting holds a key, which a file can have encrypted only. */
function isKey({ name }: Project, key: string): boolean {
  return key.startsWith(`${name}:`) && isSecretSetting(key.slice(name.length + 1));
}

function stacksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((stack) => stack !== undefined);
}

function readYaml(path: string, hint: () => string): Record<string, unknown> {
  let content: unknown;
  try {
    content = load(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new StackFileError(`${path}: there is no such file. ${hint()}`);
    throw new StackFileError(`${path}: can't be read: ${message}`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new StackFileError(`${path}: has to be a YAML map with config: at its top`);
  return content as Record<string, unknown>;
}
