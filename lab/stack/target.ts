import { join } from "node:path";
import { kubectlVariable, type PostgresEnvironmentArgs } from "../../components/index";
import type { Operation } from "../../offline/engine";
import { type Declared, offlineProviders, type Providers } from "../../offline/providers";
import type { Source } from "../../stacks/sources";
import { type Cluster, openCluster } from "../cluster";
import { type LabDescription, type ObjectStores, readLab } from "../description";
import { LabError } from "../errors";
import { EngineLog } from "./engineLog";
import { LabGcp } from "./gcp";
import { LabKubernetes } from "./kubernetes";
import { S3Store } from "./s3";
import { atS3Server } from "./s3Settings";
import { withLabStores } from "./settings";
import { Store } from "./store";
import { clusterStates, describeStates } from "./summary";

/** What a run against a lab is asked for. */
export interface TargetOptions {
  readonly stack: string;
  readonly operation: Operation;
  /** Where the states of all labs are kept. */
  readonly folder: string;
  /** Content of the stack file. */
  readonly stackFile: Readonly<Record<string, unknown>>;
  /** What the stack file says; undefined for a destroy, which doesn't ask it. */
  readonly args: PostgresEnvironmentArgs | undefined;
  /** Told what a person should know. */
  readonly say: (line: string) => void;
}

/** A lab that a stack can be brought up in. */
export interface Target {
  /** State and results of this lab: those of another, or of one before it, say nothing of it. */
  readonly folder: string;
  /** The stack file with what the lab needs in addition. */
  readonly stackFile: Readonly<Record<string, unknown>>;
  readonly providers: Providers;
  /** What another stack would say of itself if it were in the lab too. */
  readonly source: (source: Source) => Source;
  /** Prints what became of the clusters, and returns whether their backups arrive. */
  summarize(declared: readonly Declared[]): Promise<boolean>;
}

/** How long a first WAL file may take to come after a cluster is up. */
const walSeconds = 60;

/**
 * Opens the lab, and starts one if none is up. The connection ends with the process.
 *
 * @throws LabError if there is none that runs pods; ClusterError if it doesn't answer
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { lab, cluster } = await openLab(options.say);
  // The program looks at what it made through kubectl, as it does beside Pulumi's own provider.
  process.env.KUBECONFIG = lab.kubeconfig;
  process.env[kubectlVariable] = lab.kubectl;
  try {
    return await targetIn(lab, cluster, options);
  } catch (error) {
    cluster.close();
    throw error;
  }
}

async function targetIn(lab: LabDescription, cluster: Cluster, options: TargetOptions): Promise<Target> {
  const { say, operation, args } = options;
  const store = new Store(cluster, storesOf(lab));
  const s3 = new S3Store(cluster, lab, storesOf(lab).s3);
  const folder = join(options.folder, (await cluster.identity()).slice(0, 8));
  const { stackFile, notices } =
    operation === "destroy"
      ? { stackFile: options.stackFile, notices: [] }
      : withLabStores(options.stackFile, storesOf(lab));
  for (const notice of notices) say(notice);
  const { backups, project } = args ?? {};
  if (backups?.s3 === undefined)
    say(
      "lab: there is no IAM here: service accounts and grants are kept in the state, and any pod may write to any bucket",
    );
  if (operation === "up" && backups?.s3 !== undefined && backups.bucket !== undefined) {
    if (!(await s3.hasBucket(backups.bucket))) {
      await s3.createBucket(backups.bucket);
      say(
        `lab: there was no bucket ${backups.bucket} on the S3 server, so it was made; nothing will remove it`,
      );
    }
  }
  if (operation === "up" && backups?.existingBucket === true && backups.bucket !== undefined) {
    if (!(await store.hasBucket(backups.bucket))) {
      await store.createBucket(backups.bucket, project ?? "lab");
      say(
        `lab: backups.existingBucket: there was no bucket ${backups.bucket} here, so it was made; nothing will remove it`,
      );
    }
  }
  const log = new EngineLog();
  const run = { cluster, log, stop: new AbortController() };
  return {
    folder,
    stackFile,
    providers: {
      ...offlineProviders(),
      kubernetes: new LabKubernetes(run),
      gcp: new LabGcp(store, addressOf(lab)),
    },
    source: (source) => atS3Server(source, storesOf(lab).s3),
    async summarize(declared) {
      const states = await clusterStates(cluster, { gs: store, s3 }, declared, walSeconds);
      const { lines, problems } = describeStates(states);
      if (lines.length > 0) console.log(`\nIn the lab:\n\n${lines.join("\n")}\n`);
      for (const problem of problems) console.error(`error: ${problem}`);
      return problems.length === 0;
    },
  };
}

/** Where the GCS emulator is for a person on this machine. */
function addressOf(lab: LabDescription): string {
  const { gcs, fromHere } = storesOf(lab);
  return fromHere?.gcs ?? gcs;
}

function storesOf({ tier, stores }: LabDescription): ObjectStores {
  if (tier === "control-plane" || stores === undefined)
    throw new LabError(
      "This lab has a control plane only: no node that could run pods, so no Postgres and no object store. To do: " +
        "`npm run lab:up` as root, which brings up a node too. Without a lab, `npm start` checks the stack offline.",
    );
  return stores;
}

/** The lab that is up, else a new one; the cluster that `LAB_KUBECONFIG` names is always looked at anew. */
async function openLab(say: (line: string) => void): Promise<{ lab: LabDescription; cluster: Cluster }> {
  const known = process.env.LAB_KUBECONFIG ? undefined : readLab();
  if (known !== undefined) {
    storesOf(known);
    const cluster = await openCluster(known).catch(() => undefined);
    if (cluster !== undefined) return { lab: known, cluster };
  }
  const lab = await bringUp(say);
  storesOf(lab);
  return { lab, cluster: await openCluster(lab) };
}

/** Loaded only here: where a lab is up already, nothing of what builds one is needed. */
async function bringUp(say: (line: string) => void): Promise<LabDescription> {
  const { labUp } = require("../up") as typeof import("../up");
  const { isRoot } = require("../needs") as typeof import("../needs");
  const { hasKind } = require("../given") as typeof import("../given");
  // One with pods, or none: what a control plane alone can judge is not worth an update that never ends.
  return labUp({ tier: !isRoot() && (await hasKind()) ? "kind" : "node", say });
}
