import { delimiter } from "node:path";
import which from "which";
import { LabError } from "./errors";
import { attempt } from "./shell";

/** A program that the lab needs of the machine, and the Debian package that has it. */
interface Need {
  readonly program: string;
  readonly package: string;
  readonly why: string;
}

const controlPlane: readonly Need[] = [
  { program: "openssl", package: "openssl", why: "makes the cluster's certificates" },
];

const node: readonly Need[] = [
  { program: "containerd", package: "containerd", why: "runs the pods" },
  { program: "runc", package: "runc", why: "starts the containers" },
  { program: "/usr/lib/cni/ptp", package: "containernetworking-plugins", why: "joins pods to the network" },
  { program: "nft", package: "nftables", why: "kube-proxy writes the services' rules with it" },
  { program: "ip", package: "iproute2", why: "makes the lab's network" },
  { program: "nsenter", package: "util-linux", why: "the lab lives in namespaces of its own" },
  { program: "mmdebstrap", package: "mmdebstrap", why: "makes the images' Debian layer" },
  { program: "tar", package: "tar", why: "packs images" },
  { program: "python3", package: "python3-pip", why: "fetches barman's wheels" },
];

/** What it takes to put NetworkPolicies in force. */
const enforcement: readonly Need[] = [
  { program: "iptables", package: "iptables", why: "writes the rules of NetworkPolicies" },
  { program: "ipset", package: "ipset", why: "keeps the addresses that they name" },
  {
    program: "conntrack",
    package: "conntrack",
    why: "makes the kernel forget connections that were allowed",
  },
];

/** What only tests need, which are skipped without it, and say so. */
const tests: readonly Need[] = [
  ...enforcement,
  { program: "prometheus", package: "prometheus", why: "evaluates the rules of monitoring" },
  { program: "promtool", package: "prometheus", why: "tests them" },
];

/** Go fetches a newer toolchain by itself from here on. */
const oldestGo = [1, 21] as const;

/** Debian packages with the programs that a lab with pods and its tests need and that are not there. */
export function missingPackages(): string[] {
  const absent = [...controlPlane, ...node, ...tests].filter(
    ({ program }) => findProgram(program) === undefined,
  );
  return [...new Set(absent.map((need) => need.package))];
}

/** Folders that programs are looked for in: the PATH, and those of the administrator, which a user's PATH may lack. */
function searchPath(): string {
  return [process.env.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(delimiter);
}

/** Where a program is; undefined if it is nowhere. */
export function findProgram(name: string): string | undefined {
  return which.sync(name, { path: searchPath(), nothrow: true }) ?? undefined;
}

/** Whether this process may make namespaces, mounts and cgroups. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * Looks whether the machine has all that a tier needs.
 *
 * @throws LabError with one sentence for each thing that is missing, and what to do about it
 */
export function checkNeeds(tier: "control-plane" | "node"): void {
  const missing: string[] = [];
  if (process.platform !== "linux")
    missing.push(
      "The lab needs Linux; on another system run it in a virtual machine, or name a cluster in LAB_KUBECONFIG.",
    );
  if (tier === "node" && !isRoot())
    missing.push(
      "A lab with pods needs root: run `sudo --preserve-env=HOME npm run lab:up`, or `npm run lab:up -- --tier control-plane` without pods.",
    );
  const needs = tier === "node" ? [...controlPlane, ...node] : controlPlane;
  missing.push(...absentOf(needs));
  if (missing.length > 0) throw new LabError(`The lab can't come up here:\n  ${missing.join("\n  ")}`);
}

/** What is missing for NetworkPolicies in force, a line each. */
export const missingForEnforcement = (): string[] => absentOf(enforcement);

/** A line for each program that is not there, and one with what to install. */
function absentOf(needs: readonly Need[]): string[] {
  const absent = needs.filter(({ program }) => findProgram(program) === undefined);
  if (absent.length === 0) return [];
  const packages = [...new Set(absent.map((need) => need.package))].join(" ");
  return [
    ...absent.map(({ program, why }) => `${program} is not there; it ${why}.`),
    `On Debian and Ubuntu: apt-get install --no-install-recommends ${packages}`,
  ];
}

/**
 * Looks whether Go is there; only what is not built yet takes it.
 *
 * @throws LabError with what to install
 */
export async function checkGo(): Promise<void> {
  const wanted = `Install Go ${oldestGo.join(".")} or newer, or name a cluster in LAB_KUBECONFIG.`;
  const { code, stdout } = await attempt("go", ["version"]);
  if (code !== 0) throw new LabError(`go is not there; it builds the lab's servers. ${wanted}`);
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) !== oldestGo[0] || Number(minor) < oldestGo[1])
    throw new LabError(`${stdout.trim()} is too old to build the lab's servers. ${wanted}`);
}
