import { resolve } from "node:path";
import { InvalidSettings, summariesOf } from "../components/index";
import type { LookAtCluster } from "../stacks/live";
import { type LoadedStack, loadAll, sourceStacks } from "../stacks/load";
import { type ReadStack, readStacks } from "../stacks/read";
import type { Source } from "../stacks/sources";
import { type Project, readProject, readStackFile, StackFileError } from "./stackFile";

/**
 * Reads other stacks without asking where their states are: names are computed, so a stack's file says what its outputs
 * will be. Only stacks of this project have a file here.
 *
 * @param say told which file stood in for which stack
 */
export function stackFiles(root: string, project: Project, say: (line: string) => void): ReadStack {
  const read = async (name: string, asking: readonly string[]): Promise<Source> => {
    const [, of = "", stack = ""] = name.split("/");
    if (of !== project.name)
      return {
        unavailable: `offline, only stacks of ${project.name} can be read, whose files are in ${project.stackFolder}/`,
      };
    const turns = asking.filter((asker) => asker === stack).length;
    if (turns > 1) return { unavailable: "it is itself recovered from this one" };
    try {
      const { config: whole } = readStackFile(root, project, stack);
      // Of two that take turns, each names the other. Neither says anything of itself that depends on whom it follows.
      const config = turns === 0 ? whole : withoutReplicas(whole);
      const inner: ReadStack = (other) => read(other, [...asking, stack]);
      const { environment: args } = loadAll(stack, config, await readStacks(sourceStacks(config), inner));
      if (args === undefined)
        return { unavailable: `${project.stackFolder}/Pulumi.${stack}.yaml has no clusters` };
      say(
        `offline: ${name} is not asked; ${project.stackFolder}/Pulumi.${stack}.yaml says what it would answer`,
      );
      return { clusters: summariesOf(args.environment ?? stack, args) };
    } catch (error) {
      if (error instanceof StackFileError)
        return { unavailable: `offline, its stack file is read: ${error.message}` };
      if (error instanceof InvalidSettings)
        return {
          unavailable: `offline, its stack file is read, which has ${error.problems.length} problem(s)`,
        };
      throw error;
    }
  };
  return (name) => read(name, []);
}

/** The settings of a stack whose clusters follow nobody. */
function withoutReplicas(config: Readonly<Record<string, string>>): Record<string, string> {
  const key = "pulumi-cnpg:clusters";
  const clusters = JSON.parse(config[key] ?? "{}") as Record<string, { replica?: unknown }>;
  const alone = Object.entries(clusters).map(([name, { replica: _, ...rest }]) => [name, rest]);
  return { ...config, [key]: JSON.stringify(Object.fromEntries(alone)) };
}

/** A stack whose file was read. */
export interface OpenStack {
  /**
   * What its settings ask for.
   *
   * @throws InvalidSettings with every problem
   */
  readonly args: () => LoadedStack;
  /**
   * Runs `index.ts`, which is told of other stacks what their files say.
   *
   * @param amend changes that, for a place where the files do not say all
   * @param look how a live Cluster is looked at. Default: as the program does
   */
  readonly program: (
    amend?: (source: Source) => Source,
    look?: LookAtCluster,
  ) => Promise<Record<string, unknown>>;
}

/** A stack by its file, with the project that it belongs to. */
export interface OpenStackFile extends OpenStack {
  readonly root: string;
  readonly project: Project;
  /** The whole file, as the engine is given it. */
  readonly content: ReturnType<typeof readStackFile>["content"];
}

/**
 * Reads a stack's file, and those of the stacks that it names.
 *
 * @param file where it is. Default: the project's folder for stacks
 * @throws StackFileError if it can't be read
 */
export async function openStackFile(
  stack: string,
  file: string | undefined,
  say: (line: string) => void,
): Promise<OpenStackFile> {
  const root = resolve(__dirname, "..");
  const project = readProject(root);
  const { content, config } = readStackFile(root, project, stack, file);
  return { root, project, content, ...(await openStack(root, project, stack, config, say)) };
}

/** Reads the files of the stacks that a stack's settings name: once, for what judges the settings and for the program. */
export async function openStack(
  root: string,
  project: Project,
  stack: string,
  config: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<OpenStack> {
  const sources = await readStacks(sourceStacks(config), stackFiles(root, project, say));
  return {
    args: () => loadAll(stack, config, sources),
    program: (amend = (source) => source, look) => {
      const program = require("../index") as typeof import("../index");
      return program(async (name) => amend(sources.get(name) ?? { unavailable: "it was not read" }), look);
    },
  };
}

/**
 * The clusters of a stack, for what is about them.
 *
 * @throws StackFileError if it installs the platform alone
 */
export function clustersIn(
  stack: string,
  { environment }: LoadedStack,
): NonNullable<LoadedStack["environment"]> {
  if (environment === undefined)
    throw new StackFileError(`stack ${stack} has no clusters: name one that has`);
  return environment;
}
