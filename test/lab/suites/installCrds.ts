import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { type Cluster, judgeOf, type KubernetesObject, parseWaitFor } from "../../../lab/cluster";
import { crdFolder, modules } from "../../../tools/generate/crds";

/**
 * Has a cluster know the kinds of another operator that are rendered here, by its own CRDs; nothing acts on them.
 *
 * @param name the last part of the Go module's path
 */
export async function installCrds(
  cluster: Cluster,
  name: "external-secrets" | "prometheus-operator" | "prometheus-engine",
): Promise<void> {
  const module = modules.find(({ path }) => path.endsWith(`/${name}`));
  if (module === undefined) throw new Error(`${name} is not among the pinned modules`);
  const folder = crdFolder(module);
  for (const file of readdirSync(folder).filter((name) => module.files.test(name))) {
    const crd = load(readFileSync(join(folder, file), "utf8")) as KubernetesObject & {
      spec: { conversion?: unknown };
    };
    await cluster.apply(crd, { force: true });
    const { apiVersion, kind, metadata } = crd;
    await cluster.waitFor(
      { apiVersion, kind, name: metadata.name },
      judgeOf(parseWaitFor("condition=Established")),
    );
  }
}
