import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { alive, logOf, type ProcessId, start } from "./daemons";
import { LabError } from "./errors";
import type { LabPaths } from "./paths";
import { Pki } from "./pki";
import { attempt, until } from "./shell";

/** Where the control plane listens, and with what. */
export interface ControlPlane {
  readonly address: string;
  readonly apiPort: number;
  readonly etcdPort: number;
  /** Addresses of Services, as CIDR, and the first of them. */
  readonly services: string;
  readonly apiService: string;
  /** Namespaces to live in; without it this machine's. */
  readonly inside?: ProcessId;
  /** Programs: those of the lab, or envtest's. */
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  /** Flags of the API server besides. */
  readonly flags?: readonly string[];
}

/** Starts etcd and the API server unless they run, and waits until it is ready. The kubeconfig is the administrator's. */
export async function startControlPlane(paths: LabPaths, plane: ControlPlane): Promise<Pki> {
  const pki = new Pki(paths);
  await pki.begin();
  const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"].map((name) => `DNS:${name}`);
  const addresses = [plane.address, plane.apiService, "127.0.0.1"].map((address) => `IP:${address}`);
  await pki.issue("apiserver", "/CN=kube-apiserver", [...addresses, ...names].join(","));
  await pki.issue("admin", "/O=system:masters/CN=admin");
  await pki.issue("apiserver-kubelet", "/O=system:masters/CN=apiserver-kubelet");
  pki.kubeconfig(paths.kubeconfig, "admin", `https://${plane.address}:${plane.apiPort}`);

  const inside = plane.inside === undefined ? {} : { inside: plane.inside };
  const etcdUrl = `http://127.0.0.1:${plane.etcdPort}`;
  start(
    paths,
    "etcd",
    [
      ...[plane.etcd, "--data-dir", join(paths.run, "etcd"), "--log-level", "warn"],
      // A lab's cluster need not outlive a power cut.
      "--unsafe-no-fsync",
      ...["--listen-client-urls", etcdUrl, "--advertise-client-urls", etcdUrl],
      // No second member will ever ask.
      ...["--listen-peer-urls", `http://127.0.0.1:${plane.etcdPort + 1}`],
    ],
    inside,
  );
  start(
    paths,
    "apiserver",
    [
      ...[plane.apiServer, "--etcd-servers", etcdUrl],
      ...["--secure-port", String(plane.apiPort), "--bind-address", plane.address],
      ...["--advertise-address", plane.address, "--service-cluster-ip-range", plane.services],
      ...["--tls-cert-file", pki.file("apiserver.crt"), "--tls-private-key-file", pki.file("apiserver.key")],
      ...["--client-ca-file", pki.file("ca.crt")],
      ...["--kubelet-client-certificate", pki.file("apiserver-kubelet.crt")],
      ...["--kubelet-client-key", pki.file("apiserver-kubelet.key")],
      ...["--service-account-issuer", "https://kubernetes.default.svc"],
      ...["--service-account-key-file", pki.file("sa.key")],
      ...["--service-account-signing-key-file", pki.file("sa.key")],
      ...[
        "--cert-dir",
        join(paths.run, "apiserver"),
        "--authorization-mode",
        "Node,RBAC",
        "--allow-privileged",
      ],
      ...["--kubelet-preferred-address-types", "InternalIP"],
      ...(plane.flags ?? []),
    ],
    inside,
  );
  await ready(paths, "apiserver", 90, () => answers(plane.kubectl, paths.kubeconfig));
  return pki;
}

/** Whether the cluster of a kubeconfig says that it is ready. */
export async function answers(kubectl: string, kubeconfig: string): Promise<boolean> {
  if (!existsSync(kubeconfig)) return false;
  const { code } = await attempt(kubectl, [
    ...["--kubeconfig", kubeconfig, "--request-timeout=5s", "get", "--raw", "/readyz"],
  ]);
  return code === 0;
}

/**
 * Waits until a daemon is ready.
 *
 * @throws LabError with its last words, when the time is up, or at once if it ended
 */
export async function ready(
  paths: LabPaths,
  daemon: string,
  seconds: number,
  ask: () => Promise<boolean>,
): Promise<void> {
  const file = logOf(paths, daemon);
  const lastWords = () =>
    existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-3).join("\n") : "nothing";
  await until(
    daemon,
    seconds,
    async () => {
      if (alive(paths, daemon) === undefined)
        throw new LabError(`${daemon} ended. Its last words (${file}):\n${lastWords()}`);
      return ask();
    },
    () => `Its last words (${file}):\n${lastWords()}`,
  );
}

/** Ports of this machine that were free when this lab first asked; the same ones in its whole life. */
export async function machinePorts(paths: LabPaths): Promise<{ api: number; etcd: number; webhook: number }> {
  const file = join(paths.run, "ports.json");
  if (!existsSync(file)) {
    mkdirSync(paths.run, { recursive: true });
    const [api, etcd, webhook] = await freePorts(3);
    writeFileSync(file, JSON.stringify({ api, etcd, webhook }));
  }
  return JSON.parse(readFileSync(file, "utf8")) as { api: number; etcd: number; webhook: number };
}

/** Free ports, each with a free one above it. */
async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = await listen(0);
    if (port < 65_535 && !found.some((other) => Math.abs(other - port) < 2) && (await listen(port + 1)) > 0)
      found.push(port);
  }
  return found;
}

/** The port that could be listened on; 0 if it can't. */
function listen(port: number): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(0));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
