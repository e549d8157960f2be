import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Access, accessFlags, ClusterError, Http, startProxy } from "../apiServer";
import { NotSettled } from "../watch/watch";

/** Names a kubectl that is not the first one in the PATH. */
export const kubectlVariable = "PULUMI_CNPG_KUBECTL";

/** `off` ends every wait of the components for what they made; for a run that only takes things away. */
export const waitVariable = "PULUMI_CNPG_WAIT";

/** A connection to the Kubernetes cluster, as Pulumi's provider has one. */
export interface Reach {
  readonly http: Http;
  readonly switchWal: (namespace: string, pod: string) => Promise<void>;
}

/** The connections of this process, by what kubectl was told. They end with it. */
const reaches = new Map<string, Promise<Reach>>();

/**
 * A connection to the cluster that Pulumi's provider changes: through kubectl, with `kubeconfig` if that is given, else with
 * `kubernetes:kubeconfig` and `kubernetes:context` of the stack's configuration, else with kubectl's own defaults, which are
 * the provider's too.
 *
 * @throws NotSettled if there is no kubectl, or the cluster does not answer it
 */
export function reach(kubeconfig: string | undefined): Promise<Reach> {
  const access = accessOf(kubeconfig);
  const key = JSON.stringify([access, process.env.KUBECONFIG]);
  const found = reaches.get(key);
  if (found !== undefined) return found;
  const made = connect(access);
  reaches.set(key, made);
  made.catch(() => reaches.delete(key));
  return made;
}

function accessOf(given: string | undefined): Access {
  const config = new pulumi.Config("kubernetes");
  const kubeconfig = given ?? config.get("kubeconfig");
  // A kubeconfig of one's own has its own contexts.
  const context = given === undefined ? config.get("context") : undefined;
  return {
    kubectl: process.env[kubectlVariable] || "kubectl",
    ...(kubeconfig !== undefined && kubeconfig !== "" && { kubeconfig: pathOf(kubeconfig) }),
    ...(context !== undefined && context !== "" && { context }),
  };
}

/** Files with kubeconfigs that were given by their content. */
const written = new Map<string, string>();

/** The provider takes a path or the content; kubectl takes a path. */
function pathOf(kubeconfig: string): string {
  const path = kubeconfig.replace(/^~(?=\/)/, homedir());
  if (!path.includes("\n") && existsSync(path)) return path;
  const known = written.get(kubeconfig);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "pulumi-cnpg-"));
  const file = join(folder, "kubeconfig");
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  written.set(kubeconfig, file);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return file;
}

async function connect(access: Access): Promise<Reach> {
  try {
    const { socket } = await startProxy(access);
    const http = new Http(socket);
    await http.ask({ method: "GET", path: "/version", timeout: 20 });
    return { http, switchWal: (namespace, pod) => switchWal(access, namespace, pod) };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw new NotSettled(
      `what was made can't be looked at: ${error.message}. To do: put kubectl into the PATH (or name it in ${kubectlVariable}), and ` +
        "let it reach the cluster that Pulumi's provider changes (kubernetes:kubeconfig, kubernetes:context, KUBECONFIG). " +
        "wait.enabled: false of a cluster does without, and then nobody looks whether a change took effect",
    );
  }
}

/**
 * The one thing that a watch does beside looking: it has Postgres write a restore point and begin the next WAL file, so that
 * an idle cluster shows within seconds whether its archive is reached. No data are changed.
 */
function switchWal(access: Access, namespace: string, pod: string): Promise<void> {
  const statement = "SELECT pg_create_restore_point('pulumi-cnpg'); SELECT pg_switch_wal()";
  const psql = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-qAt", "-d", "postgres", "-c", statement];
  const args = ["exec", "-n", namespace, pod, "-c", "postgres", "--", ...psql];
  return new Promise((resolve, reject) => {
    const child = spawn(access.kubectl, [...accessFlags(access), ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 60_000,
    });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(complaint.trim()))));
  });
}
