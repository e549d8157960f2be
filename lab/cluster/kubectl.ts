import { spawn } from "node:child_process";
import { type Access, accessFlags, ClusterError } from "../../components/apiServer";
import type { Cluster } from "./cluster";

/** How kubectl is run. */
export interface KubectlOptions {
  /** Its standard input. Default: none. */
  readonly input?: string;
}

/**
 * Runs kubectl with a kubeconfig, and returns its standard output.
 *
 * @throws ClusterError with its standard error, if it fails or can't be started
 */
export function runKubectl(
  access: Access,
  args: readonly string[],
  { input }: KubectlOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(access.kubectl, [...accessFlags(access), ...args], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [output, complaint]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaint.push(chunk));
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
    const fail = (what: string) =>
      reject(new ClusterError(0, "Kubectl", `kubectl ${args.slice(0, 6).join(" ")}: ${what}`));
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString());
      else fail(Buffer.concat(complaint).toString().trim() || `ended with ${code ?? signal}`);
    });
  });
}

/** Runs a statement by psql in the current primary of a CNPG cluster; see `Cluster.sql`. */
export async function runSql(
  cluster: Cluster,
  namespace: string,
  name: string,
  statement: string,
  database: string,
): Promise<string> {
  const ref = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name, namespace };
  const status = (await cluster.get(ref))?.status as { readonly currentPrimary?: string } | undefined;
  const primary = status?.currentPrimary;
  if (primary === undefined || primary === "")
    throw new ClusterError(404, "NotFound", `Cluster ${namespace}/${name} has no primary`);
  const psql = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-qAt", "-d", database];
  // By standard input: a statement may be longer than an argument, and arguments are there for all to see.
  const output = await cluster.kubectl(
    ["exec", "-i", "-n", namespace, primary, "-c", "postgres", "--", ...psql],
    {
      input: statement,
    },
  );
  return output.trimEnd();
}
