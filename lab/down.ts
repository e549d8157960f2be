import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { answers } from "./controlPlane";
import { alive, stop } from "./daemons";
import { readLab } from "./description";
import { LabError } from "./errors";
import { type Installed, installedFile, kindName, leaveGiven } from "./given";
import { findProgram, isRoot } from "./needs";
import { type LabPaths, labPaths } from "./paths";
import type { Say } from "./progress";
import { endSandbox, networkFile } from "./sandbox";
import { run } from "./shell";

/**
 * Ends the lab: every process, mount, interface and cgroup of it, and the cluster's files. What was built stays for the
 * next time. Does nothing if there is none.
 *
 * @param options.all removes the lab's folder too, with all that was built
 */
export async function labDown(options: { readonly all?: boolean; readonly say?: Say } = {}): Promise<void> {
  const say = options.say ?? ((line) => console.log(line));
  const paths = labPaths();
  const start = Date.now();
  const before = readLab();
  if (existsSync(networkFile(paths))) {
    if (!isRoot())
      throw new LabError("The lab has pods, which root started: run `npm run lab:down` as root too.");
    // First the rest: what is in the sandbox ends with it.
    await stop(paths, "volumes");
    await endSandbox(paths);
  }
  await stopAll(paths);
  if (before?.tier === "given") await leave(paths, before);
  rmSync(paths.run, { recursive: true, force: true });
  for (const file of [paths.description, paths.kubeconfig]) rmSync(file, { force: true });
  if (options.all) rmSync(paths.folder, { recursive: true, force: true });
  say(`The lab is down (${((Date.now() - start) / 1000).toFixed(1)} s).`);
}

/** Ends every daemon that runs under this machine's own namespaces. */
async function stopAll(paths: LabPaths): Promise<void> {
  const folder = join(paths.run, "pids");
  if (!existsSync(folder)) return;
  for (const name of ["operator", "apiserver", "etcd", ...readdirSync(folder)])
    if (alive(paths, name) !== undefined) await stop(paths, name);
}

async function leave(paths: LabPaths, description: NonNullable<ReturnType<typeof readLab>>): Promise<void> {
  if (description.kubeconfig === paths.kubeconfig && findProgram("kind") !== undefined) {
    await run("kind", ["delete", "cluster", "--name", kindName(paths)]);
    return;
  }
  // A cluster that is gone has nothing left to take out.
  if (!(await answers(description.kubectl, description.kubeconfig)) || !existsSync(installedFile(paths)))
    return;
  const installed = JSON.parse(readFileSync(installedFile(paths), "utf8")) as Installed;
  await leaveGiven(paths, description, installed);
}
