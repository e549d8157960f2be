import { join } from "node:path";
import { getPulumiCli } from "../../cli";
import type { OfflineResult } from "../../offline/engine";
import { readProject } from "../../offline/stackFile";
import { root, type StackContent, stack } from "./stackOf";

/** A program that the engine can run. */
export type Program = () => Promise<Record<string, unknown>>;

/** Our program: what `npm start` runs. */
export const ours: Program = () => (require(join(root, "index.ts")) as Program)();

/**
 * Brings a stack up in a fresh folder through the real engine with the offline providers.
 *
 * @throws if the engine says that it failed
 */
export async function up(folder: string, stackFile: StackContent, program: Program): Promise<OfflineResult> {
  const { runOffline } = require("../../offline/engine") as typeof import("../../offline/engine");
  const result = await runOffline({
    cli: await getPulumiCli(),
    operation: "up",
    stack,
    project: readProject(root).name,
    stackFile,
    folder,
    program,
  });
  if (result.exitCode !== 0) throw new Error(`pulumi up ended with ${result.exitCode}`);
  return result;
}

/**
 * Spares a program written by hand the loading of our components: the engine's host asks them for the name of a
 * variable, and for nothing else.
 */
export function withoutComponents(): void {
  const file = require.resolve(join(root, "components"));
  const stub = { propagationWaitVariable: "PULUMI_CNPG_IAM_PROPAGATION_WAIT" };
  require.cache[file] = { id: file, filename: file, loaded: true, exports: stub } as unknown as NodeJS.Module;
}

/** Ends the process with the outcome of `main`. */
export function exitWith(main: Promise<void>): void {
  main.then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
