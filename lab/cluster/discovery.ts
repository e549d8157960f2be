import { ClusterError, type Http, isNotFound } from "../../components/apiServer";
import type { Ref } from "./objects";

/** How a kind is called in paths. */
interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Paths of objects, from what the API server says of its kinds; asked once for each group and version. */
export class Discovery {
  private readonly known = new Map<string, Promise<Map<string, Resource>>>();

  constructor(private readonly http: Http) {}

  /**
   * Path of an object.
   *
   * @throws ClusterError with status 404 and reason `NoSuchKind` if the cluster has no such kind, and with reason
   * `Invalid` if a namespace is missing
   */
  async path(ref: Ref): Promise<string> {
    return `${await this.collection(ref)}/${encodeURIComponent(ref.name)}`;
  }

  /** Path of all objects of a kind; without a namespace, of all namespaces. Errors as {@link path}. */
  async listPath(ref: Omit<Ref, "name">): Promise<string> {
    return this.collection({ ...ref, name: "" }, true);
  }

  private async collection(ref: Ref, everywhere = false): Promise<string> {
    const { apiVersion, kind, namespace } = ref;
    const { plural, namespaced } = await this.resource(apiVersion, kind);
    if (!namespaced) return `${root(apiVersion)}/${plural}`;
    if (namespace !== undefined && namespace !== "")
      return `${root(apiVersion)}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
    if (everywhere) return `${root(apiVersion)}/${plural}`;
    throw new ClusterError(0, "Invalid", `${kind} ${ref.name}: metadata.namespace is missing`);
  }

  private async resource(apiVersion: string, kind: string): Promise<Resource> {
    const found = (await this.kinds(apiVersion)).get(kind);
    if (found !== undefined) return found;
    // A CRD may come later, so that what is missing must be asked for again.
    this.known.delete(apiVersion);
    throw new ClusterError(
      404,
      "NoSuchKind",
      `the cluster has no kind ${kind} of ${apiVersion}: install what defines it (its CustomResourceDefinition)`,
    );
  }

  private kinds(apiVersion: string): Promise<Map<string, Resource>> {
    const known = this.known.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.ask(apiVersion).catch((error: unknown) => {
      this.known.delete(apiVersion);
      if (isNotFound(error)) return new Map<string, Resource>();
      throw error;
    });
    this.known.set(apiVersion, asked);
    return asked;
  }

  private async ask(apiVersion: string): Promise<Map<string, Resource>> {
    const { body } = await this.http.ask({ method: "GET", path: root(apiVersion) });
    const { resources = [] } = body as {
      resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
    };
    return new Map(
      resources
        // `clusters/status` and the like are parts of a resource.
        .filter(({ name }) => !name.includes("/"))
        .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
    );
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
