import { type Access, accessFlags, ClusterError } from "../../components/apiServer";
import { attempt } from "../shell";
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
export async function runKubectl(
  access: Access,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await attempt(access.kubectl, [...accessFlags(access), ...args], options);
  if (code === 0) return stdout;
  const what = stderr.trim() || `ended with ${code}`;
  throw new ClusterError(0, "Kubectl", `kubectl ${args.slice(0, 6).join(" ")}: ${what}`);
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
