import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildEnforcement } from "./build";
import { ready } from "./controlPlane";
import { alive, enter, isNoted, logOf, start, stop } from "./daemons";
import { readLab } from "./description";
import { LabError } from "./errors";
import { missingForEnforcement } from "./needs";
import { type LabPaths, labPaths } from "./paths";
import { type Say, step } from "./progress";
import { networkFile, type Sandbox, sandbox } from "./sandbox";
import { attempt, run, until } from "./shell";

/*
 * NetworkPolicies in force, by kube-router's policy controller alone: it writes them as rules of iptables and sets of ipset, in the lab's
 * own network namespace. Routes stay those of the CNI plugin, and Services kube-proxy's.
 */

const daemon = "kube-router";

/** Whether NetworkPolicies of the lab are to be in force. */
export const isEnforced = (paths: LabPaths = labPaths()): boolean => isNoted(paths, daemon);

/**
 * Puts the NetworkPolicies of the lab that is up in force, those there are and those to come. Again is harmless.
 *
 * @throws LabError with what is missing
 */
export async function enforce(say: Say = console.log): Promise<void> {
  const paths = labPaths();
  const box = await running(paths);
  if (box === undefined)
    throw new LabError(
      "NetworkPolicies are put in force in a lab of the tier node that is up: `npm run lab:up`.",
    );
  const missing = missingForEnforcement();
  if (missing.length > 0)
    throw new LabError(`NetworkPolicies can't be put in force here:\n  ${missing.join("\n  ")}`);
  await buildEnforcement(paths, say);
  await step(say, "up: NetworkPolicies in force", () => startRouter(paths, box));
}

/** Ends that: nothing of it is left in the kernel. Does nothing where none are in force. */
export async function stopEnforcing(): Promise<void> {
  const paths = labPaths();
  await stop(paths, daemon);
  const box = await running(paths);
  if (box === undefined) return;
  const inside = within(box);
  // Nobody else in there uses iptables, nor sets: kube-proxy has tables of its own.
  for (const command of [
    ["iptables", "-F"],
    ["iptables", "-X"],
    ["ipset", "destroy"],
  ])
    await attempt(...inside(command));
}

/** Waits until what was changed of NetworkPolicies since then, in milliseconds, is what the kernel goes by. */
export async function inForce(since: number): Promise<void> {
  const log = logOf(labPaths(), daemon);
  await until("kube-router to see a change", 60, () =>
    looks(readFileSync(log, "utf8")).some((at) => at > since),
  );
  // One that began at that moment may have missed it, and is followed by another one.
  await new Promise((next) => setTimeout(next, 1000));
}

/** When each look at all pods and policies began that has come to its end, in milliseconds. */
function looks(log: string): number[] {
  const done: number[] = [];
  let begun = 0;
  for (const line of log.split("\n")) {
    const [, version] = /Starting sync of iptables with version: (\d+)/.exec(line) ?? [];
    if (version !== undefined) begun = Number(version) / 1e6;
    else if (line.includes("sync iptables took")) done.push(begun);
  }
  return done;
}

/** Has the kernel forget which connections to a port it has allowed: those that stand are judged again. */
export async function forgetConnections(
  of: { readonly port: number } | { readonly from: string },
): Promise<void> {
  const box = await running(labPaths());
  const which = "port" in of ? ["--orig-port-dst", String(of.port)] : ["--orig-src", of.from];
  const one = ["conntrack", "-D", "-p", "tcp", ...which];
  // It fails where there is none.
  if (box !== undefined) await attempt(...within(box)(one));
}

/** The sandbox of a lab that is up. */
async function running(paths: LabPaths): Promise<Sandbox | undefined> {
  const up =
    readLab()?.tier === "node" && alive(paths, "first") !== undefined && existsSync(networkFile(paths));
  return up ? sandbox(paths) : undefined;
}

async function startRouter(paths: LabPaths, box: Sandbox): Promise<void> {
  const { inside, network } = box;
  start(
    paths,
    daemon,
    [
      ...[join(paths.bin, "kube-router"), "--kubeconfig", paths.kubeconfig, "--hostname-override", "lab"],
      ...["--run-firewall=true", "--run-router=false", "--run-service-proxy=false", "--enable-cni=false"],
      ...["--service-cluster-ip-range", network.services, "--v", "1"],
    ],
    { inside },
  );
  // Once it has looked at all pods each has a chain, of which one is always there: the cluster's DNS.
  await ready(paths, daemon, 60, async () =>
    (await run(...within(box)(["iptables-save", "-t", "filter"]))).includes("KUBE-POD-FW-"),
  );
}

const within =
  ({ inside }: Sandbox) =>
  (command: readonly string[]): [string, string[]] => {
    const [program = "", ...args] = [...enter(inside), ...command];
    return [program, args];
  };
