import { kubernetesType } from "../cluster/resourceOf";
import type { PlannedResource } from "../plan/object";

/** A Kubernetes object that an environment has for all its clusters. */
export interface EnvironmentObject {
  readonly key: string;
  readonly name: string;
  /** Where it is; absent if its kind is in no namespace. */
  readonly namespace?: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What it has beside its metadata. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether its kind is Kubernetes' own; of others it is asked whether the cluster has their definition. */
  readonly builtIn: boolean;
}

/** The resource that an object of an environment is: after the namespace that it is in. */
export function environmentObject(object: EnvironmentObject): PlannedResource {
  const { key, name, namespace, apiVersion, kind, labels, annotations, body, builtIn } = object;
  return {
    key,
    name: `/${key}`,
    type: kubernetesType(apiVersion, kind),
    inputs: {
      apiVersion,
      kind,
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels: { "app.kubernetes.io/part-of": "databases", ...labels },
        ...(annotations !== undefined && { annotations }),
      },
      ...body,
    },
    dependsOn: namespace === undefined ? [] : [`namespace/${namespace}`],
    hooks: { advice: true, ...(!builtIn && { beforeCreate: ["servedKind"] }) },
  };
}
