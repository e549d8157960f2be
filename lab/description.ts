import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What a running lab tells those who use it: the content of `<lab folder>/lab.json`. */
export interface LabDescription {
  /**
   * What there is. `control-plane`: etcd, API server and the operator, no pods. `node`: pods too. `given`: a cluster
   * that was there before, which `LAB_KUBECONFIG` names or kind made.
   */
  readonly tier: "control-plane" | "node" | "given";
  /** Path of a kubeconfig for it, with everything inside. */
  readonly kubeconfig: string;
  /** Path of a kubectl that fits. */
  readonly kubectl: string;
  /** The object stores; absent without pods. */
  readonly stores?: ObjectStores;
}

/** Where the object stores of a lab are. */
export interface ObjectStores {
  /** URL of the GCS emulator for pods: value of STORAGE_EMULATOR_HOST. */
  readonly gcs: string;
  /** URL of the S3-compatible server for pods, and its only key. */
  readonly s3: { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The same two from this machine; absent on a cluster that was there before. */
  readonly fromHere?: { readonly gcs: string; readonly s3: string };
  /** IP address under which pods reach servers on this machine; absent on a cluster that was there before. */
  readonly thisMachine?: string;
}

/** Folder of all that the lab makes: `LAB_DIR`, else `pulumi-cnpg/lab` in the user's cache. */
export function labFolder(): string {
  const named = process.env.LAB_DIR;
  if (named !== undefined && named !== "") return resolve(named);
  const cache = process.env.XDG_CACHE_HOME;
  return join(cache !== undefined && cache !== "" ? cache : join(homedir(), ".cache"), "pulumi-cnpg", "lab");
}

/** The lab that was last brought up and not taken down; whether it still answers is another question. */
export function readLab(): LabDescription | undefined {
  const file = join(labFolder(), "lab.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LabDescription) : undefined;
}
