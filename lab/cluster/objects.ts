/** An object of Kubernetes, as the API server gives and takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** Metadata of an object: what is used here by name, and the rest. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for kinds that belong to no namespace. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
  readonly [field: string]: unknown;
}

/** Which object: the kind's group and version, the kind, and the name. */
export interface Ref {
  /** Such as `v1` or `postgresql.cnpg.io/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Left out for kinds that belong to no namespace; otherwise needed. */
  readonly namespace?: string | undefined;
}

/** The reference to an object. */
export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): Ref {
  return { apiVersion, kind, name, namespace };
}

/** `Cluster orders/orders-db`: an object as people call it. */
export function named({ kind, name, namespace }: Ref): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
