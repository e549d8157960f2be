import { type Cluster, type KubernetesObject, openCluster } from "../../../lab/cluster";
import type { LabDescription } from "../../../lab/description";
import { EngineLog } from "../../../lab/stack/engineLog";
import { LabKubernetes } from "../../../lab/stack/kubernetes";
import { Served } from "../../providerCases/served";
import { type Stage, widgetCrd, withEnv } from "../../providerCases/stage";

/** The executable of Pulumi's own provider, to play the table against that instead of the stand-in. */
export const realProvider = process.env.LAB_REAL_PROVIDER;

/** A namespace, a kind without a controller, and providers to play with. */
export class LabStage implements Stage {
  readonly kind = realProvider === undefined ? "lab" : "real";
  private readonly served: Served[] = [];

  private constructor(
    private readonly lab: LabDescription,
    readonly cluster: Cluster,
    readonly namespace: string,
  ) {}

  static async open(lab: LabDescription, namespace: string): Promise<LabStage> {
    const stage = new LabStage(lab, await openCluster(lab), namespace);
    await stage.cluster.apply(stage.space());
    await stage.cluster.apply(widgetCrd(stage));
    const kind = { apiVersion: `${namespace}.test/v1`, kind: "Widget", name: "x", namespace };
    while (!(await stage.cluster.knows(kind))) await new Promise((done) => setTimeout(done, 200));
    return stage;
  }

  async serve(settings = {}, env: { readonly [key: string]: string } = {}): Promise<Served> {
    const { cluster } = this;
    const served = await withEnv(env, () =>
      realProvider !== undefined
        ? Served.real(realProvider, this.lab.kubeconfig, settings)
        : Served.standIn(
            new LabKubernetes({ cluster, log: new EngineLog(), stop: new AbortController(), pause: 50 }),
            settings,
          ),
    );
    this.served.push(served);
    return served;
  }

  /** Ends what was served for one row. */
  endServed(): void {
    for (const served of this.served.splice(0)) served.stop();
  }

  async close(): Promise<void> {
    this.endServed();
    const { cluster, namespace } = this;
    const ref = { apiVersion: `${namespace}.test/v1`, kind: "Widget" };
    for (const { metadata } of await cluster.list(ref.apiVersion, ref.kind))
      await cluster
        .patch(
          { ...ref, name: metadata.name, namespace: metadata.namespace },
          { metadata: { finalizers: null } },
        )
        .catch(() => {});
    for (const object of [widgetCrd(this), this.space()]) {
      const { apiVersion, kind } = object;
      const gone = { apiVersion, kind, name: object.metadata.name };
      if (await cluster.remove(gone)) await cluster.gone(gone);
    }
    cluster.close();
  }

  private space(): KubernetesObject {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } };
  }
}
