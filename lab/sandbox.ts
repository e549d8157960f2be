import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { alive, enter, note, type ProcessId, processOf, stop } from "./daemons";
import { LabError } from "./errors";
import { cgroupOf, interfaceOf, type LabPaths } from "./paths";
import { attempt, run, until } from "./shell";

/** The addresses of a lab's own network; nothing in it has a way out of the machine. */
export interface Network {
  /** Everything is in `<prefix>.0.0/16`. */
  readonly prefix: string;
  /** This machine, as pods see it. */
  readonly machine: string;
  /** The node, as this machine sees it. */
  readonly node: string;
  readonly pods: string;
  readonly services: string;
  readonly apiService: string;
  readonly dns: string;
}

/** The network that a prefix of two numbers stands for. */
export function networkOf(prefix: string): Network {
  return {
    prefix,
    machine: `${prefix}.0.1`,
    node: `${prefix}.0.2`,
    pods: `${prefix}.64.0/18`,
    services: `${prefix}.128.0/18`,
    apiService: `${prefix}.128.1`,
    dns: `${prefix}.128.10`,
  };
}

/** A prefix that no address and no route of this machine touches; the same one for the same lab if it is free. */
async function freeNetwork(paths: LabPaths): Promise<Network> {
  const used = `${await run("ip", ["-4", "route", "show", "table", "all"])}\n${await run("ip", ["-4", "addr", "show"])}`;
  const first = createHash("sha256").update(paths.id).digest().readUInt8(0);
  for (let i = 0; i < 156; i++) {
    const prefix = `10.${100 + ((first + i) % 156)}`;
    if (!new RegExp(`\\b${prefix.replace(".", "\\.")}\\.`).test(used)) return networkOf(prefix);
  }
  throw new LabError("Every network from 10.100.0.0/16 to 10.255.0.0/16 is in use on this machine.");
}

/**
 * What kubelet wants the machine's kernel settings to be. It would change them for the whole machine; these files lie
 * over them in the lab's namespace, so that kubelet finds nothing to change.
 */
const kernelSettings: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** File with the network of a lab that has one. */
export const networkFile = (paths: LabPaths): string => join(paths.run, "network.json");

/** A running sandbox: its first process, with which all of it ends, and its network. */
export interface Sandbox {
  readonly inside: ProcessId;
  readonly network: Network;
}

/**
 * Makes the namespaces that daemons and pods live in: network, mounts, processes. When the first process ends, the
 * kernel ends all the others, and drops mounts and devices. Outside are only the cgroups.
 */
export async function sandbox(paths: LabPaths): Promise<Sandbox> {
  const noted = networkFile(paths);
  const running = alive(paths, "first");
  if (running !== undefined && existsSync(noted))
    return { inside: running, network: JSON.parse(readFileSync(noted, "utf8")) as Network };
  await removeOutside(paths);
  for (const hidden of ["/run/", "/var/lib/", "/var/log/"])
    if (`${paths.folder}/`.startsWith(hidden))
      throw new LabError(`The lab's folder can't be below ${hidden}: name another one in LAB_DIR.`);
  const network = await freeNetwork(paths);
  for (const folder of ["kubelet", "log", "volumes", "containerd", "kernel", "gcs", "s3"])
    mkdirSync(join(paths.run, folder), { recursive: true });
  writeFileSync(join(paths.run, "resolv.conf"), "");
  const inside = await firstProcess(paths);
  await joinNetwork(paths, network, inside);
  makeCgroups(paths);
  writeFileSync(noted, JSON.stringify(network));
  return { inside, network };
}

async function firstProcess(paths: LabPaths): Promise<ProcessId> {
  const settings = Object.entries(kernelSettings).map(([name, value], i) => {
    const file = join(paths.run, "kernel", String(i));
    writeFileSync(file, `${value}\n`);
    return `mount --bind "${file}" "/proc/sys/${name}"`;
  });
  const script = [
    "set -e",
    "mount -t tmpfs -o mode=755 tmpfs /run",
    "mount -t tmpfs -o mode=755 tmpfs /var/lib",
    "mkdir /var/lib/kubelet",
    `mount --bind "${paths.run}/kubelet" /var/lib/kubelet`,
    `mount --bind "${paths.run}/log" /var/log`,
    ...settings,
    "mount --make-rshared /",
    // The pause program buries what the containers' shims leave behind.
    `exec "${paths.bin}/pause"`,
  ].join("\n");
  mkdirSync(join(paths.run, "logs"), { recursive: true });
  const log = openSync(join(paths.run, "logs", "first.log"), "a");
  const unshare = spawn(
    "unshare",
    [
      ...["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"],
      ...["sh", "-c", script],
    ],
    { detached: true, stdio: ["ignore", log, log] },
  );
  unshare.on("error", () => {});
  unshare.unref();
  const outer = unshare.pid ?? 0;
  const children = () => {
    try {
      return readFileSync(`/proc/${outer}/task/${outer}/children`, "utf8").trim();
    } catch {
      return "";
    }
  };
  const why = () =>
    readFileSync(join(paths.run, "logs", "first.log"), "utf8")
      .trim()
      .split("\n")
      .at(-1) ?? "";
  const isPause = () => {
    const pid = children();
    return pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(`${paths.bin}/pause`);
  };
  await until("the lab's first process", 15, isPause, why);
  const first = processOf(Number(children()));
  const holder = processOf(outer);
  if (first === undefined || holder === undefined)
    throw new LabError(`The lab's first process ended at once. ${why()}`);
  note(paths, "holder", holder);
  note(paths, "first", first);
  return first;
}

/** A pair of interfaces joins the lab to this machine, which reaches every node, pod and service address through it. */
async function joinNetwork(paths: LabPaths, network: Network, inside: ProcessId): Promise<void> {
  const name = interfaceOf(paths);
  const ip = (...args: string[]) => run("ip", args);
  const within = (...args: string[]) => {
    const [command = "", ...rest] = [...enter(inside), ...args];
    return run(command, rest);
  };
  await ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", String(inside.pid));
  await ip("addr", "add", `${network.machine}/24`, "dev", name);
  await ip("link", "set", name, "up");
  await within("ip", "link", "set", "lo", "up");
  await within("ip", "addr", "add", `${network.node}/24`, "dev", "eth0");
  await within("ip", "link", "set", "eth0", "up");
  await ip("route", "replace", `${network.prefix}.0.0/16`, "via", network.node, "dev", name);
  // A route that service addresses match before kube-proxy rewrites them: to a bridge without ports, where what is not
  // rewritten ends.
  await within("ip", "link", "add", "svc0", "type", "bridge");
  await within("ip", "link", "set", "svc0", "up");
  await within("ip", "route", "add", network.services, "dev", "svc0");
  await within("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
}

const CGROUPS = "/sys/fs/cgroup";

/** File system types of cgroup v1 and v2; a machine may have both. */
const cgroupTypes = [0x27e0eb, 0x63677270];

/** Every cgroup hierarchy: one folder with cgroup v2, one for each controller with v1. */
export function hierarchies(): string[] {
  if (existsSync(join(CGROUPS, "cgroup.controllers"))) return [CGROUPS];
  return readdirSync(CGROUPS)
    .map((name) => join(CGROUPS, name))
    .filter((folder) => cgroupTypes.includes(statfsSync(folder).type));
}

/** One parent cgroup for all pods; with cgroup v1 a new cpuset starts with no cpus and no memory nodes. */
function makeCgroups(paths: LabPaths): void {
  for (const hierarchy of hierarchies()) {
    const own = join(hierarchy, cgroupOf(paths));
    mkdirSync(own, { recursive: true });
    for (const set of ["cpuset.cpus", "cpuset.mems"])
      if (hierarchy !== CGROUPS && existsSync(join(hierarchy, set)))
        writeFileSync(join(own, set), readFileSync(join(hierarchy, set)));
  }
}

/** Ends the sandbox with all that is in it, and takes away what is outside. Does nothing if there is none. */
export async function endSandbox(paths: LabPaths): Promise<void> {
  const first = alive(paths, "first");
  if (first !== undefined) process.kill(first.pid, "SIGKILL");
  await until("the end of the lab's processes", 30, () => alive(paths, "first") === undefined);
  await stop(paths, "holder");
  await removeOutside(paths);
}

async function removeOutside(paths: LabPaths): Promise<void> {
  // The kernel drops the interface a moment after the namespace; whoever is first.
  await attempt("ip", ["link", "del", interfaceOf(paths)]);
  await until("the lab's cgroups to be empty", 20, () =>
    hierarchies().every((h) => rmdirs(join(h, cgroupOf(paths)))),
  );
}

/** Removes a cgroup and those below it; false while one still has a process. */
function rmdirs(folder: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) rmdirs(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
