import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ready, startControlPlane } from "./controlPlane";
import { enter, start } from "./daemons";
import { findProgram } from "./needs";
import { cgroupOf, type LabPaths } from "./paths";
import type { Pki } from "./pki";
import { type Say, step } from "./progress";
import { type Network, type Sandbox, sandbox } from "./sandbox";
import { images, labImage, ports } from "./settings";
import { attempt, run } from "./shell";

const cniPlugins = "/usr/lib/cni";

/** Fetches and unpacks Postgres' image, which takes longer than a pod's other steps, before the first pod asks for it. */
export async function fetchPostgres(paths: LabPaths, { inside }: Sandbox): Promise<void> {
  const pull = [
    "ctr",
    "--namespace",
    "k8s.io",
    "images",
    "pull",
    "--hosts-dir",
    join(paths.run, "registries"),
  ];
  const [command = "", ...args] = [...enter(inside), ...pull, labImage];
  await run(command, args);
}

/** Starts what of a single-node Kubernetes does not run yet, in a sandbox, and waits until the node is ready. */
export async function startNode(paths: LabPaths, say: Say): Promise<Sandbox> {
  const box = await step(say, "up: namespaces", () => sandbox(paths));
  const pki = await step(say, "up: control plane", () => controlPlane(paths, box));
  await step(say, "up: node", () => node(paths, box, pki));
  return box;
}

async function controlPlane(paths: LabPaths, { inside, network }: Sandbox): Promise<Pki> {
  const pki = await startControlPlane(paths, {
    address: network.node,
    apiPort: ports.api,
    etcdPort: ports.etcd,
    services: network.services,
    apiService: network.apiService,
    inside,
    etcd: join(paths.bin, "etcd"),
    apiServer: join(paths.bin, "kube-apiserver"),
    kubectl: join(paths.bin, "kubectl"),
    flags: ["--enable-aggregator-routing"],
  });
  const server = `https://${network.node}:${ports.api}`;
  const users = {
    kubelet: "/O=system:nodes/CN=system:node:lab",
    "controller-manager": "/CN=system:kube-controller-manager",
    scheduler: "/CN=system:kube-scheduler",
    proxy: "/CN=system:kube-proxy",
  };
  for (const [name, subject] of Object.entries(users)) {
    await pki.issue(name, subject, name === "kubelet" ? `IP:${network.node},DNS:lab` : "");
    pki.kubeconfig(pki.file(`${name}.kubeconfig`), name, server);
  }
  start(
    paths,
    "controller-manager",
    [
      ...[
        join(paths.bin, "kube-controller-manager"),
        "--kubeconfig",
        pki.file("controller-manager.kubeconfig"),
      ],
      ...["--service-account-private-key-file", pki.file("sa.key"), "--root-ca-file", pki.file("ca.crt")],
      ...["--use-service-account-credentials", "--allocate-node-cidrs", "--leader-elect=false"],
      ...["--cluster-cidr", network.pods, "--service-cluster-ip-range", network.services],
    ],
    { inside },
  );
  const scheduler = [join(paths.bin, "kube-scheduler"), "--kubeconfig", pki.file("scheduler.kubeconfig")];
  start(paths, "scheduler", [...scheduler, "--leader-elect=false"], { inside });
  return pki;
}

async function node(paths: LabPaths, { inside, network }: Sandbox, pki: Pki): Promise<void> {
  const script = ["--import", require.resolve("tsx"), join(__dirname, "images/registry.ts")];
  start(
    paths,
    "registry",
    [process.execPath, ...script, join(paths.images, "store"), network.node, String(ports.registry)],
    { inside },
  );
  await ready(paths, "registry", 20, () => isServing(`http://${network.node}:${ports.registry}/v2/`));
  writeConfigurations(paths, network, pki);
  start(
    paths,
    "containerd",
    [findProgram("containerd") ?? "containerd", "--config", join(paths.run, "containerd.toml")],
    {
      inside,
    },
  );
  const [command = "", ...entered] = [...enter(inside), "ctr", "version"];
  await ready(paths, "containerd", 30, async () => (await attempt(command, entered)).code === 0);
  start(
    paths,
    "kubelet",
    [
      ...[join(paths.bin, "kubelet"), "--config", join(paths.run, "kubelet.yaml")],
      ...[
        "--kubeconfig",
        pki.file("kubelet.kubeconfig"),
        "--hostname-override",
        "lab",
        "--node-ip",
        network.node,
      ],
    ],
    { inside },
  );
  start(
    paths,
    "kube-proxy",
    [join(paths.bin, "kube-proxy"), "--config", join(paths.run, "kube-proxy.yaml")],
    { inside },
  );
  const kubectl = (...args: string[]) =>
    attempt(join(paths.bin, "kubectl"), ["--kubeconfig", paths.kubeconfig, ...args]);
  await ready(paths, "kubelet", 60, async () => (await kubectl("get", "node", "lab")).code === 0);
  await run(join(paths.bin, "kubectl"), [
    ...["--kubeconfig", paths.kubeconfig, "wait", "--for=condition=Ready", "node/lab", "--timeout=90s"],
  ]);
}

function isServing(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function writeConfigurations(paths: LabPaths, network: Network, pki: Pki): void {
  const mirror = join(paths.run, "registries", "_default");
  const cni = join(paths.run, "cni");
  for (const folder of [mirror, cni]) mkdirSync(folder, { recursive: true });
  const server = `http://${network.node}:${ports.registry}`;
  put(join(mirror, "hosts.toml"), `[host."${server}"]\n  capabilities = ["pull", "resolve"]\n`);
  const ipam = {
    type: "host-local",
    ranges: [[{ subnet: network.pods }]],
    routes: [{ dst: "0.0.0.0/0" }],
    dataDir: "/run/cni-ipam",
  };
  put(
    join(cni, "10-lab.conflist"),
    JSON.stringify({ cniVersion: "1.0.0", name: "lab", plugins: [{ type: "ptp", ipam }] }),
  );
  put(join(paths.run, "containerd.toml"), containerdToml(paths, mirror.replace(/\/_default$/, ""), cni));
  put(
    join(paths.run, "kubelet.yaml"),
    JSON.stringify(kubeletConfiguration(paths, network, pki), undefined, 1),
  );
  put(
    join(paths.run, "kube-proxy.yaml"),
    JSON.stringify({
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "nftables",
      clientConnection: { kubeconfig: pki.file("proxy.kubeconfig") },
      hostnameOverride: "lab",
      clusterCIDR: network.pods,
      // These would be settings of the whole machine.
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    }),
  );
}

/** For containerd 1.6 and 1.7, which read this version of the format; 2.x converts it by itself. */
function containerdToml(paths: LabPaths, registries: string, cni: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${paths.run}/containerd"
[${cri}]
  sandbox_image = "${images.pause}"
  # Where root lacks CAP_SYS_RESOURCE, runc may not lower oom_score_adj, and dies.
  restrict_oom_score_adj = true
[${cri}.registry]
  config_path = "${registries}"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.cni]
  bin_dir = "${cniPlugins}"
  conf_dir = "${cni}"
`;
}

function kubeletConfiguration(paths: LabPaths, network: Network, pki: Pki): unknown {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroupOf(paths)}`,
    // A machine with cgroup v1, or with swap, does too.
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    clusterDNS: [network.dns],
    clusterDomain: "cluster.local",
    resolvConf: join(paths.run, "resolv.conf"),
    tlsCertFile: pki.file("kubelet.crt"),
    tlsPrivateKeyFile: pki.file("kubelet.key"),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki.file("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    // Images are never collected: they would have to come from the registry again.
    evictionHard: { "nodefs.available": "1Gi", "imagefs.available": "1Gi", "memory.available": "200Mi" },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Volumes of the lab appear at once; the default of a minute would be most of a start.
    syncFrequency: "10s",
  };
}

/** Writes a file if that changes it: kube-proxy ends when its file is touched. */
function put(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
