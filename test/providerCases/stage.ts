import type { Cluster, KubernetesObject, Ref } from "../../lab/cluster";
import type { Properties } from "../../offline/provider";
import { SECRET, SPECIAL } from "../../offline/wire";
import { OneResource } from "./oneResource";
import type { Served } from "./served";

type Text = { readonly [key: string]: string };

/** Where a row of the table is played: against one of the stand-ins, or against the real provider. */
export interface Stage {
  readonly kind: "offline" | "lab" | "real";
  /** Where namespaced objects go. */
  readonly namespace: string;
  /** Not offline. */
  readonly cluster: Cluster;
  /** A provider with these settings, as with `kubernetes:*` in a stack file, and these environment variables. */
  serve(settings?: Text, env?: Text): Promise<Served>;
}

/** Plays a row; `name` is its objects' own. */
export type Play = (stage: Stage, name: string) => Promise<void>;

/** Group and version of a kind that the stage makes, with a status that no controller touches. */
function widgetVersion({ namespace }: Stage): string {
  return `${namespace}.test/v1`;
}

/** An object of that kind. */
export function widget(stage: Stage, name: string, more: Properties = {}): Properties {
  const { metadata, ...rest } = more;
  return {
    apiVersion: widgetVersion(stage),
    kind: "Widget",
    metadata: { name, namespace: stage.namespace, ...(metadata as Properties) },
    ...rest,
  };
}

/** One that waits for something. */
export function waiting(stage: Stage, name: string, annotations: Text, size = 1): Properties {
  return widget(stage, name, { metadata: { annotations }, spec: { size } });
}

/** An object of a kind of Kubernetes' own. */
export function core(stage: Stage, kind: string, name: string, more: Properties = {}): Properties {
  const { metadata, ...rest } = more;
  const apiVersion =
    kind === "Job" ? "batch/v1" : kind === "RoleBinding" ? "rbac.authorization.k8s.io/v1" : "v1";
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: stage.namespace, ...(metadata as Properties) },
    ...rest,
  };
}

/** The resource of an object, of which the engine knows nothing yet. */
export async function resource(stage: Stage, object: Properties, served?: Served): Promise<OneResource> {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  const { name } = object.metadata as { name: string };
  return new OneResource(served ?? (await stage.serve()), `kubernetes:${group}:${kind}`, name);
}

/** The reference to an object of inputs. */
export function refTo(object: Properties): Ref {
  const { apiVersion, kind, metadata } = object as unknown as KubernetesObject;
  return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}

/** A CRD's manifest for {@link widget}. */
export function widgetCrd(
  { namespace }: Pick<Stage, "namespace">,
  plural = "widgets",
  kind = "Widget",
): KubernetesObject {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${namespace}.test` },
    spec: {
      group: `${namespace}.test`,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: {
                    size: { type: "integer", maximum: 100 },
                    color: { type: "string" },
                    list: { type: "array", items: { type: "string" } },
                  },
                },
                status: anything,
              },
            },
          },
        },
      ],
    },
  };
}

/** A value that is marked as secret. */
export function secret(value: unknown): Properties {
  return { [SPECIAL]: SECRET, value };
}

/** Writes conditions and more into the status of a live object. */
export function report(stage: Stage, object: Properties, status: Properties): Promise<KubernetesObject> {
  return stage.cluster.patch(refTo(object), { status }, "status");
}

/** The live object, which has to be there. */
export async function live(stage: Stage, object: Properties): Promise<KubernetesObject> {
  const found = await stage.cluster.get(refTo(object));
  if (found === undefined) throw new Error(`${JSON.stringify(refTo(object))} is not there`);
  return found;
}

export function seconds(count: number): Promise<void> {
  return new Promise((done) => setTimeout(done, count * 1000));
}

/** Does something with more environment variables than there are. */
export async function withEnv<T>(env: Text, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(env).map((key) => [key, process.env[key]] as const);
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [key, value] of before)
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
  }
}
