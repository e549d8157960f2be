import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildControlPlane, buildNode } from "./build";
import { openCluster } from "./cluster";
import { type ControlPlane, machinePorts, startControlPlane } from "./controlPlane";
import { start } from "./daemons";
import { type LabDescription, readLab } from "./description";
import { enforce, isEnforced } from "./enforcement";
import { LabError } from "./errors";
import { hasKind, installedFile, kindCluster, useGiven } from "./given";
import { buildImages, buildLayers } from "./images";
import { applyAll, objectStores, operator, ownManifest, plugin, releaseManifest, rolledOut } from "./install";
import { checkNeeds, findProgram, isRoot } from "./needs";
import { fetchPostgres, startNode } from "./node";
import { startOperator } from "./operator";
import { type LabPaths, labPaths } from "./paths";
import { type Say, step } from "./progress";
import { type Network, networkOf } from "./sandbox";
import { images, ports, storesInCluster } from "./settings";

/** What a lab can be asked to be. */
export const tiers = ["node", "kind", "control-plane"] as const;

/** What kind of lab is wanted. */
export interface LabOptions {
  /**
   * `node` has pods and takes root, `kind` has pods and takes kind with a container engine, `control-plane` has none.
   * Default: the tier that is up, else the first of these that this machine can.
   */
  readonly tier?: (typeof tiers)[number];
  /** Puts NetworkPolicies in force, which takes the tier `node`. Default: leaves that as it is. */
  readonly enforce?: boolean;
  readonly say?: Say;
}

/**
 * Brings the lab up: builds what is missing, starts what does not run, and waits until all of it is ready. Again is
 * harmless. `LAB_KUBECONFIG` names a cluster to use instead of one of our own.
 *
 * @throws LabError with what is missing or went wrong, and what to do about it
 */
export async function labUp(options: LabOptions = {}): Promise<LabDescription> {
  const say = options.say ?? ((line) => console.log(line));
  const paths = labPaths();
  const description = await choose(paths, options.tier, say);
  writeFileSync(paths.description, `${JSON.stringify(description, undefined, 2)}\n`);
  // What was in force before, and ended, is to be again.
  if (options.enforce || isEnforced(paths)) await enforce(say);
  return description;
}

async function choose(paths: LabPaths, tier: LabOptions["tier"], say: Say): Promise<LabDescription> {
  const named = process.env.LAB_KUBECONFIG;
  if (named !== undefined && named !== "") return given(paths, say, named);
  const before = readLab();
  const wanted = tier ?? tierOf(before) ?? (isRoot() ? "node" : (await hasKind()) ? "kind" : "control-plane");
  if (before !== undefined && tierOf(before) !== wanted)
    throw new LabError(
      `There is a lab of the tier ${before.tier} in ${paths.folder}: end it with \`npm run lab:down\` first.`,
    );
  if (wanted === "kind") return given(paths, say, await kindCluster(paths, say));
  return wanted === "node" ? ownNode(paths, say) : ownControlPlane(paths, say);
}

/** What a lab that is up was asked to be; a cluster that was there before is one of kind, unless it is named. */
function tierOf(lab: LabDescription | undefined): LabOptions["tier"] {
  return lab?.tier === "given" ? "kind" : lab?.tier;
}

async function given(paths: LabPaths, say: Say, kubeconfig: string): Promise<LabDescription> {
  const { description, installed } = await useGiven(paths, say, kubeconfig);
  mkdirSync(paths.run, { recursive: true });
  // A second time there is nothing to install, and the first one's note has to stay.
  if (!existsSync(installedFile(paths))) writeFileSync(installedFile(paths), JSON.stringify(installed));
  return description;
}

/** Folder with etcd, kube-apiserver and kubectl as controller-runtime's envtest installs them. */
function envtestAssets(): string | undefined {
  const folder = process.env.KUBEBUILDER_ASSETS;
  const complete = ["etcd", "kube-apiserver", "kubectl"].every(
    (name) => folder !== undefined && findProgram(join(folder, name)) !== undefined,
  );
  return complete ? folder : undefined;
}

async function ownControlPlane(paths: LabPaths, say: Say): Promise<LabDescription> {
  const assets = envtestAssets();
  checkNeeds("control-plane");
  await buildControlPlane(paths, say, assets);
  await step(say, "manifests", () =>
    Promise.all([releaseManifest(paths, "operator"), releaseManifest(paths, "plugin")]),
  );
  const free = await machinePorts(paths);
  const bin = assets ?? paths.bin;
  const plane: ControlPlane = {
    address: "127.0.0.1",
    apiPort: free.api,
    etcdPort: free.etcd,
    // No packet ever goes to these.
    services: networkOf("10.96").services,
    apiService: networkOf("10.96").apiService,
    etcd: join(bin, "etcd"),
    apiServer: join(bin, "kube-apiserver"),
    kubectl: join(bin, "kubectl"),
  };
  const pki = await step(say, "up: control plane", () => startControlPlane(paths, plane));
  const { kubectl } = plane;
  const cluster = await openCluster({ kubeconfig: paths.kubeconfig, kubectl });
  try {
    await step(say, "up: cnpg operator", () => startOperator(paths, cluster, pki, free.webhook));
  } finally {
    cluster.close();
  }
  return { tier: "control-plane", kubeconfig: paths.kubeconfig, kubectl };
}

async function ownNode(paths: LabPaths, say: Say): Promise<LabDescription> {
  checkNeeds("node");
  const [layers] = await Promise.all([buildLayers(paths, say), buildNode(paths, say)]);
  await buildImages(paths, say, layers);
  const box = await startNode(paths, say);
  const { network } = box;
  const kubectl = join(paths.bin, "kubectl");
  await Promise.all([
    step(say, "up: add-ons, operator, plugin", () => addOns(paths, network, kubectl)),
    step(say, "up: Postgres' image", () => fetchPostgres(paths, box)),
  ]);
  return {
    tier: "node",
    kubeconfig: paths.kubeconfig,
    kubectl,
    stores: {
      ...storesInCluster,
      fromHere: { gcs: `http://${network.node}:${ports.gcs}`, s3: `http://${network.node}:${ports.s3}` },
      thisMachine: network.machine,
    },
  };
}

async function addOns(paths: LabPaths, network: Network, kubectl: string): Promise<void> {
  const script = ["--import", require.resolve("tsx"), join(__dirname, "volumes.ts")];
  start(paths, "volumes", [
    process.execPath,
    ...script,
    paths.kubeconfig,
    kubectl,
    join(paths.run, "volumes"),
  ]);
  const cluster = await openCluster({ kubeconfig: paths.kubeconfig, kubectl });
  try {
    const objects = [
      ...ownManifest("storage-class", {}),
      ...ownManifest("coredns", { COREDNS_IMAGE: images.coredns, DNS_ADDRESS: network.dns }),
      ...(await operator(paths)),
      ...(await plugin(paths)),
      ...objectStores(paths, "lab"),
    ];
    await applyAll(cluster, objects);
    await rolledOut(cluster, objects);
  } finally {
    cluster.close();
  }
}
