import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { releasedObjects } from "../../../components/platform/manifests";
import { type KubernetesObject, pause, type Ref } from "../../../lab/cluster";
import { applyAll, operator, plugin, rolledOut } from "../../../lab/install";
import { labPaths } from "../../../lab/paths";
import { images } from "../../../lab/settings";
import { Store } from "../../../lab/stack/store";
import { crdFolder, modules } from "../../../tools/generate/crds";
import type { Ended } from "../../engine/offline";
import type { Used } from "../use";
import { StandInIssuer } from "./certManager";
import { cnpg, LabStack } from "./labStack";

const system = "cnpg-system";
const pluginService = { apiVersion: "v1", kind: "Service", name: "barman-cloud", namespace: system };
const label = "cnpg.io/pluginName";

/** A lab without operator and plugin, in which a stack installs them; and a stack with a database beside. */
export class LabPlatform {
  private constructor(
    private readonly used: Used,
    readonly database: LabStack,
    private readonly file: string,
  ) {}

  /** Takes the lab's own operator and plugin away, definitions too; a stand-in for cert-manager makes what it would. */
  static async without(used: Used): Promise<LabPlatform> {
    const store = new Store(used.cluster, used.stores);
    const database = await LabStack.fresh(used.cluster, store, "on-platform");
    const made = new LabPlatform(used, database, join(database.offline.folder, "Pulumi.platform.yaml"));
    await made.removeAll();
    await made.installCertManagerKinds();
    await used.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: system } });
    const issuer = await StandInIssuer.of("platform");
    for (const object of releasedObjects("plugin-0.15.0").filter(({ kind }) => kind === "Certificate"))
      await used.cluster.apply(await issuer.selfSigned(object as unknown as KubernetesObject));
    issuer.remove();
    return made;
  }

  /** Writes the platform's stack file: with the lab's images, and in the namespace that the stand-in made. */
  write({ operator: own = {} }: { readonly operator?: object }): void {
    const resources = { cpu: "50m" };
    const platform = {
      createNamespace: false,
      operator: { image: images.operator, resources, ...own },
      plugin: { image: images.plugin, sidecarImage: images.sidecar, resources },
    };
    const config = { "pulumi-cnpg:profile": "dev", "pulumi-cnpg:platform": platform };
    writeFileSync(this.file, dump({ config }));
  }

  start(...args: string[]): Promise<Ended> {
    return this.run(args);
  }

  /** As {@link start}, with what is there already taken over. */
  takingOver(): Promise<Ended> {
    return this.run([], { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" });
  }

  private run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const own = ["--lab", "--stack", "platform", "--stack-file", this.file, "--no-policies"];
    return this.database.offline.start([...own, ...args], env);
  }

  async exists(ref: Ref): Promise<boolean> {
    return (await this.cluster.get(ref)) !== undefined;
  }

  /** Names of Deployments that have a pod that is ready. */
  async available(): Promise<string[]> {
    const found = await this.cluster.list("apps/v1", "Deployment", { namespace: system });
    return found
      .filter(({ status }) => ((status as { availableReplicas?: number }).availableReplicas ?? 0) > 0)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  /** Uids of the operator's pods, and of the database's. */
  async pods(): Promise<{ readonly operator: string[]; readonly database: string[] }> {
    const { namespace } = this.database;
    return {
      operator: await this.operatorPods(),
      database: await this.uids(namespace, "cnpg.io/podRole=instance"),
    };
  }

  operatorPods(): Promise<string[]> {
    return this.uids(system, "app.kubernetes.io/name=cloudnative-pg");
  }

  async configuration(): Promise<string> {
    const name = "cnpg-controller-manager-config";
    return JSON.stringify(
      await this.cluster.get({ apiVersion: "v1", kind: "ConfigMap", name, namespace: system }),
    );
  }

  /** @throws Error if it is not there */
  async definition(name: string): Promise<string> {
    const ref = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
    const found = await this.cluster.get(ref);
    if (found === undefined) throw new Error(`there is no definition ${name}`);
    return JSON.stringify(found);
  }

  /** While the plugin's Service has not the label by which the operator finds it. */
  async withoutPluginLabel(meanwhile: () => Promise<void>): Promise<void> {
    const value = (await this.cluster.get(pluginService))?.metadata.labels?.[label];
    await this.cluster.patch(pluginService, { metadata: { labels: { [label]: null } } });
    try {
      await meanwhile();
    } finally {
      await this.cluster.patch(pluginService, { metadata: { labels: { [label]: value } } });
    }
  }

  /** While there is a plugin's Service in another namespace. */
  async withPluginIn(namespace: string, meanwhile: () => Promise<void>): Promise<void> {
    await this.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await this.cluster.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "barman-cloud", namespace, labels: { [label]: "barman-cloud.cloudnative-pg.io" } },
      spec: { ports: [{ port: 9090 }], selector: { app: "barman-cloud" } },
    });
    try {
      await meanwhile();
    } finally {
      await this.cluster.remove({ apiVersion: "v1", kind: "Namespace", name: namespace });
    }
  }

  /** While the operator's Deployment has another image, which no pod runs: there is no other one here. */
  async withOperatorImage(image: string, meanwhile: () => Promise<void>): Promise<void> {
    const ref = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "cnpg-controller-manager",
      namespace: system,
    };
    const with_ = (paused: boolean, name: string) => [
      { op: "add", path: "/spec/paused", value: paused },
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: name },
    ];
    await this.cluster.jsonPatch(ref, with_(true, image));
    try {
      await meanwhile();
    } finally {
      await this.cluster.jsonPatch(ref, with_(false, images.operator));
    }
  }

  /** While the definition of a Cluster does not know who archives, as those before plugins could. */
  async withoutWalArchiver(meanwhile: () => Promise<void>): Promise<void> {
    const name = "clusters.postgresql.cnpg.io";
    const ref = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name };
    const path =
      "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/plugins/items/properties/isWALArchiver";
    await this.cluster.jsonPatch(ref, [{ op: "remove", path }]);
    // The API server tells of it a little later.
    await pause(5000, undefined);
    try {
      await meanwhile();
    } finally {
      await this.cluster.jsonPatch(ref, [{ op: "add", path, value: { type: "boolean" } }]);
      await pause(5000, undefined);
    }
  }

  /** The lab as it was. */
  async putBack(): Promise<void> {
    // Its instance would take a Database's finalizer away, and may have gone with the operator.
    const { namespace } = this.database;
    if (await this.cluster.knows({ apiVersion: cnpg, kind: "Database", name: "any", namespace }))
      for (const { metadata } of await this.cluster.list(cnpg, "Database", { namespace }))
        await this.cluster.patch(
          { apiVersion: cnpg, kind: "Database", name: metadata.name, namespace },
          { metadata: { finalizers: null } },
        );
    await this.database.remove();
    await this.removeAll();
    const paths = labPaths();
    const objects = [...(await operator(paths)), ...(await plugin(paths))];
    await applyAll(this.cluster, objects);
    await rolledOut(this.cluster, objects);
  }

  private get cluster() {
    return this.used.cluster;
  }

  private async uids(namespace: string, labelSelector: string): Promise<string[]> {
    const found = await this.cluster.list("v1", "Pod", { namespace, labelSelector });
    return found.map(({ metadata }) => String(metadata.uid)).sort();
  }

  private async removeAll(): Promise<void> {
    const objects = [...releasedObjects("operator-1.30.1"), ...releasedObjects("plugin-0.15.0")].reverse();
    for (const { apiVersion, kind, metadata } of objects) {
      const ref: Ref = {
        ...{ apiVersion, kind, name: metadata.name },
        ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      };
      if (!(await this.cluster.knows(ref))) continue;
      if ((await this.cluster.remove(ref)) && /^(Namespace|CustomResourceDefinition)$/.test(kind))
        await this.cluster.gone(ref);
    }
  }

  private async installCertManagerKinds(): Promise<void> {
    const module = modules.find(({ path }) => path.endsWith("/cert-manager"));
    if (module === undefined) throw new Error("cert-manager is not among the pinned modules");
    const definitions = ["certificates", "issuers"].map(
      (kind) =>
        load(
          readFileSync(join(crdFolder(module), `cert-manager.io_${kind}.yaml`), "utf8"),
        ) as KubernetesObject,
    );
    await applyAll(this.cluster, definitions);
  }
}
