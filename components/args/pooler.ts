import type { AntiAffinity, PlacementArgs } from "./placement";

/** Which instances a pooler leads to (`spec.type` of a Pooler): the Service of that name. */
export const PoolerType = { ReadWrite: "rw", ReadOnly: "ro", Any: "r" } as const;
export type PoolerType = (typeof PoolerType)[keyof typeof PoolerType];

/** How long a client keeps a server connection: until it leaves, or until its transaction ends. */
export const PoolMode = { Session: "session", Transaction: "transaction" } as const;
export type PoolMode = (typeof PoolMode)[keyof typeof PoolMode];

/** Kinds of Kubernetes Service that a pooler can have. */
export const PoolerServiceType = {
  ClusterIP: "ClusterIP",
  NodePort: "NodePort",
  LoadBalancer: "LoadBalancer",
} as const;
export type PoolerServiceType = (typeof PoolerServiceType)[keyof typeof PoolerServiceType];

/** CPU and memory of one PgBouncer. It is a single thread: more than one CPU is of no use to it. */
export interface PoolerResourcesArgs {
  /** CPU request. @default `100m` */
  cpu?: string;
  /** Memory request; `256Mi` is enough for about a thousand clients with TLS. @default `256Mi` */
  memory?: string;
  /** CPU limit. @default none; a pooler that is throttled slows every query down */
  cpuLimit?: string;
  /** Memory limit. @default the request */
  memoryLimit?: string;
}

/** Which nodes PgBouncers run on. */
export interface PoolerPlacementArgs extends PlacementArgs {
  /** Whether two of them may share a node. @default `preferred` */
  antiAffinity?: AntiAffinity;
}

/**
 * PgBouncer in front of a cluster: a Pooler of CNPG, called `<cluster>-pooler-<key>`, and a Service of that name. Clients log in
 * with their Postgres role and password; CNPG makes the role, the function and the client certificate with which PgBouncer
 * looks the passwords up (`auth_query`), so there is no user list to keep.
 */
export interface PoolerArgs {
  /** `rw` (the primary), `ro` (the replicas) or `r` (any instance). @default `rw` */
  type?: PoolerType;
  /**
   * How long a client keeps its server connection: `session` or `transaction`; what doesn't work in transactions is in
   * [pooler.md](pooler.md).
   * @default `session`
   */
  poolMode?: PoolMode;
  /** PgBouncers, each with pools of its own; at least 2 in prod. @default `1` in dev, `2` in prod */
  instances?: number;
  /**
   * Settings of PgBouncer, out of those that CNPG's webhook allows.
   * @default `max_client_conn` 1000 and `default_pool_size` 20; the rest is PgBouncer's
   * @format scalar
   */
  parameters?: { [name: string]: string };
  /** CPU and memory of one PgBouncer. */
  resources?: PoolerResourcesArgs;
  /** Which nodes they run on. */
  placement?: PoolerPlacementArgs;
  /** Type of its Service. @default `ClusterIP` */
  serviceType?: PoolerServiceType;
  /** Annotations of the Service, such as `networking.gke.io/load-balancer-type: Internal`. @default none */
  serviceAnnotations?: { [name: string]: string };
  /** Image of PgBouncer, 1.19 or newer. @default the operator's own */
  image?: string;
  /**
   * Secret in the cluster's namespace with `tls.crt` and `tls.key` that clients are shown, with a label `cnpg.io/reload`.
   * @default the cluster's server certificate, which then carries the pooler's names too
   */
  clientTLSSecret?: string;
  /** Whether PgBouncer holds its clients back (`PAUSE`), as during a maintenance. @default `false` */
  paused?: boolean;
}
