import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterError } from "./errors";

/** How to reach a cluster, as kubectl sees it. */
export interface Access {
  /** Path of a kubeconfig. Default: kubectl's own, `KUBECONFIG` or `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** One of its contexts. Default: the current one. */
  readonly context?: string;
  /** Path or name of a kubectl that fits the cluster. */
  readonly kubectl: string;
}

/** A running `kubectl proxy`. */
export interface Proxy {
  /** Path of its unix socket. */
  readonly socket: string;
  /** Ends it and removes its socket; again does nothing. */
  close(): void;
}

/*
 * The shell between us and kubectl ends it when our end of its standard input closes, which the kernel does for every
 * way in which this process can end, kill -9 too. It has a session of its own: a Ctrl-C is meant for this process, which
 * may still have to ask the cluster something before it ends.
 */
const script = `folder=$1; shift; exec 3<&0
"$@" 3<&- & proxy=$!
{ read -r _ <&3; rm -rf "$folder"; kill "$proxy"; } 2>/dev/null & reader=$!
wait "$proxy"; code=$?
kill "$reader"; exit "$code"`;

/**
 * Starts `kubectl proxy` on a unix socket in a folder that only this user can enter. A TCP port would give the whole
 * cluster to everybody on this machine.
 *
 * @throws ClusterError with what kubectl says, if it can't serve
 */
export function startProxy(access: Access): Promise<Proxy> {
  const { kubectl } = access;
  // Short, since the path of a unix socket may have a hundred characters; mkdtemp makes it 0700.
  const folder = mkdtempSync(join(tmpdir(), "cnpg-proxy-"));
  const socket = join(folder, "s");
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      script,
      "sh",
      folder,
      kubectl,
      "proxy",
      ...accessFlags(access),
      `--unix-socket=${socket}`,
      // The default refuses exec and attach; here is nobody else who could use them.
      "--reject-paths=^$",
    ],
    { stdio: ["pipe", "pipe", "pipe"], detached: true },
  );
  const close = () => {
    child.stdin.destroy();
    rmSync(folder, { recursive: true, force: true });
    process.off("exit", close);
  };
  process.once("exit", close);
  return new Promise((resolve, reject) => {
    let output = "";
    const note = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (!/Starting to serve/.test(output)) return;
      child.stdout.off("data", note).resume();
      child.off("exit", ended);
      letGo(child);
      resolve({ socket, close });
    };
    const fail = (what: string) => {
      close();
      reject(
        new ClusterError(0, "NoAnswer", `${[kubectl, "proxy", ...accessFlags(access)].join(" ")}: ${what}`),
      );
    };
    const ended = () => setTimeout(() => fail(output.trim() || "ended without a word"), 20);
    child.stdout.on("data", note);
    child.stderr.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", ended);
    child.stdin.on("error", () => {});
  });
}

/** The flags by which kubectl reaches a cluster. */
export function accessFlags({ kubeconfig, context }: Access): string[] {
  return [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
}

/** What is still open to a child must not keep this process from ending. */
function letGo(child: ReturnType<typeof spawn>): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}
