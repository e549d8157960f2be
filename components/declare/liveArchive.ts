import { archivesAs } from "../watch/archivePod";
import { reach, waitVariable } from "./reach";

/**
 * Looks under which server names a live Cluster archives, with the kubeconfig that Pulumi's provider has by the stack's settings.
 *
 * @returns undefined where there is no such Cluster, or nobody can look
 */
export async function liveArchive(
  namespace: string,
  cluster: string,
): Promise<readonly string[] | undefined> {
  if (process.env[waitVariable] === "off") return undefined;
  try {
    const { http } = await reach(undefined);
    return await archivesAs(http, { namespace, cluster });
  } catch {
    return undefined;
  }
}
