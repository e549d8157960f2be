import type { Cluster } from "../../../lab/cluster";
import { eventually } from "./eventually";

/** What the exporter of an instance tells: its samples by name, with the lines of each. */
async function metricsOf(
  cluster: Cluster,
  namespace: string,
  pod: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}:9187/proxy/metrics`;
  const text = await cluster.kubectl(["get", "--raw", path]);
  const found = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const name = /^[a-z_]+/.exec(line)?.[0];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), line]);
  }
  return found;
}

/** Names of all that an instance's exporter measures, once it has asked Postgres all its queries after this call without an error. */
export async function measuredNames(cluster: Cluster, namespace: string, pod: string): Promise<string[]> {
  const start = Date.now() / 1000;
  let names: string[] = [];
  await eventually("metrics without errors", 90, async () => {
    const found = await metricsOf(cluster, namespace, pod);
    const number = (name: string) => Number(found.get(name)?.[0]?.split(" ").at(-1));
    names = [...found.keys()].filter((name) => name.startsWith("cnpg_")).sort();
    if (!(number("cnpg_last_update_timestamp") > start)) return "not asked again yet";
    return number("cnpg_last_error") === 0 ? undefined : (found.get("cnpg_errors_total") ?? []).join("\n");
  });
  return names;
}
