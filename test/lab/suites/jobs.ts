import { type Cluster, judgeOf, type KubernetesObject, parseWaitFor } from "../../../lab/cluster";
import { type LabUser, userOf } from "./asRole";

/** The Jobs of a namespace in the lab. */
export class Jobs {
  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {}

  /** Those whose name begins so. */
  async all(prefix = ""): Promise<KubernetesObject[]> {
    const { cluster, namespace } = this;
    const found = await cluster.list("batch/v1", "Job", { namespace });
    return found.filter(({ metadata }) => metadata.name.startsWith(prefix));
  }

  /** The one whose name begins so. */
  async one(prefix: string): Promise<KubernetesObject> {
    const [found, ...more] = await this.all(prefix);
    if (found === undefined || more.length > 0) throw new Error(`${more.length} more or no Job ${prefix}`);
    return found;
  }

  log({ metadata }: KubernetesObject): Promise<string> {
    return this.cluster.kubectl(["logs", `job/${metadata.name}`, "-n", this.namespace, "--all-containers"]);
  }

  /** All logs, for a person who looks at a failed test. */
  async explain(): Promise<void> {
    for (const job of await this.all())
      console.error(job.metadata.name, await this.log(job).catch((error: unknown) => error));
  }

  ref(name: string) {
    return { apiVersion: "batch/v1", kind: "Job", name, namespace: this.namespace };
  }

  /** Runs one once more under another name, and returns its log once it is complete. */
  async again(job: KubernetesObject, name: string): Promise<string> {
    const copy = await this.copy(job, name);
    await this.cluster.waitFor(this.ref(name), judgeOf(parseWaitFor("condition=Complete")));
    return this.log(copy);
  }

  /** Starts one once more under another name. */
  async copy(job: KubernetesObject, name: string): Promise<KubernetesObject> {
    const {
      selector: _,
      template,
      ...rest
    } = job.spec as { selector?: unknown; template: { spec: unknown } };
    const { apiVersion, kind, namespace } = this.ref(name);
    const copy = { apiVersion, kind, metadata: { name, namespace } };
    // The labels of its pods are the first one's own.
    await this.cluster.apply({ ...copy, spec: { ...rest, template: { spec: template.spec } } });
    return copy;
  }

  /** The user of a role's Secret. */
  async loginOf(role: string): Promise<LabUser> {
    const { cluster, namespace } = this;
    for (const { metadata } of await cluster.list("v1", "Secret", { namespace })) {
      if (!metadata.name.endsWith("-credentials")) continue;
      const user = await userOf(cluster, namespace, metadata.name);
      if (user.name === role) return user;
    }
    throw new Error(`no Secret of ${role}`);
  }
}
