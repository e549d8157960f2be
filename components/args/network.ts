/** Whether network policies are made. */
export const NetworkPolicies = {
  /** None. */
  Off: "off",
  /** Made so that nothing is denied: Cilium judges traffic by them, and shows it. Not with `kind: kubernetes`, which knows no such thing. */
  Audit: "audit",
  /** What is not allowed is denied. */
  Enforce: "enforce",
} as const;
export type NetworkPolicies = (typeof NetworkPolicies)[keyof typeof NetworkPolicies];

/** Which kind of policy is made. */
export const NetworkKind = {
  /** NetworkPolicy, which GKE's Dataplane V2, Cilium and Calico take. */
  Kubernetes: "kubernetes",
  /** CiliumNetworkPolicy. GKE's Dataplane V2 does not take it. */
  Cilium: "cilium",
  /** CiliumClusterwideNetworkPolicy, which GKE's Dataplane V2 takes where it is turned on. */
  CiliumClusterwide: "ciliumClusterwide",
} as const;
export type NetworkKind = (typeof NetworkKind)[keyof typeof NetworkKind];

/** By which addresses Google's APIs are reached. */
export const GoogleApis = {
  /** Any address that is not private. */
  Internet: "internet",
  /** `private.googleapis.com`, 199.36.153.8/30 and 2600:2d00:2:2000::/64. */
  Private: "private",
  /** `restricted.googleapis.com`, 199.36.153.4/30 and 2600:2d00:2:1000::/64, inside VPC Service Controls. */
  Restricted: "restricted",
} as const;
export type GoogleApis = (typeof GoogleApis)[keyof typeof GoogleApis];

/** Who is at the other end: pods, or addresses. */
export interface NetworkPeerArgs {
  /** Namespace of the pods. @default the cluster's own */
  namespace?: string;
  /** Labels of the pods. @default all pods of the namespace */
  labels?: { [name: string]: string };
  /** A range of addresses, such as `10.8.0.0/16`, in place of pods. @default none */
  cidr?: string;
}

/** Where the API server is, as network policies have to say it: its addresses behind the Service, not those of the Service. */
export interface ApiServerNetworkArgs {
  /** Ranges of addresses of the control plane, such as `172.16.0.2/32` (`gcloud container clusters describe`: `endpoint`, `privateEndpoint`). Needed with `kind: kubernetes`. @default none */
  cidrs?: string[];
  /** Its port there. @default `443` */
  port?: number;
}

/** An S3-compatible store, as network policies have to say it. */
export interface StoreNetworkArgs extends NetworkPeerArgs {
  /** Port of its pods, where that is another than the Service's. @default that of `endpoint` */
  port?: number;
}

/** Network policies of an environment. */
export interface NetworkSettings {
  /** Whether there are network policies: `off`, `audit` or `enforce`. @default `off` */
  policies?: NetworkPolicies;
  /** Kind of policy: `kubernetes`, `cilium` or `ciliumClusterwide`. @default `kubernetes` */
  kind?: NetworkKind;
  /** Where the API server is. Needed with `kind: kubernetes`; Cilium knows its addresses. */
  apiServer?: ApiServerNetworkArgs;
  /** By which addresses Google's APIs are reached: `internet`, `private` or `restricted`. @default `internet` */
  googleApis?: GoogleApis;
  /** Where the S3-compatible store is. @default what `endpoint` says: a Service's namespace, an address, or any that is not private */
  store?: StoreNetworkArgs;
  /** Namespace of the operator and the plugin. @default `cnpg-system` */
  operatorNamespace?: string;
  /** Whether this stack makes the policies of the operator and the plugin: one stack of each Kubernetes cluster. @default `false` */
  operator?: boolean;
  /** Pods that scrape metrics. Needed where `monitoring.backend` is not `none` or `gmp`. @default with `gmp`, all pods of `gmp-system` */
  monitoring?: NetworkPeerArgs;
  /** Who connects to each cluster, beside the `applications` of its roles. @default none */
  clients?: NetworkPeerArgs[];
}

/** Network policies of a cluster. */
export interface ClusterNetwork {
  /** Who connects to it, beside the `applications` of its roles and the environment's `clients`. @default none */
  clients?: NetworkPeerArgs[];
  /** Where else its pods connect to, at any port (with `kind: kubernetes`, of TCP), such as a server whose address is private. @default none */
  destinations?: NetworkPeerArgs[];
  /** Whether all other pods of its namespace are denied everything too, with `policies: enforce`. @default as `createNamespace`, but `false` where applications or clients live */
  defaultDeny?: boolean;
}
