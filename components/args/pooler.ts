import type { PlacementArgs } from "./placement";

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
  /** CPU request. Default: `100m`. */
  cpu?: string;
  /** Memory request. Default: `256Mi`, enough for about a thousand clients with TLS. */
  memory?: string;
  /** CPU limit. Default: none; a pooler that is throttled slows every query down. */
  cpuLimit?: string;
  /** Memory limit. Default: the request. */
  memoryLimit?: string;
}

/**
 * PgBouncer in front of a cluster: a Pooler of CNPG, called `<cluster>-pooler-<key>`, and a Service of that name. Clients log in
 * with their Postgres role and password; CNPG makes the role, the function and the client certificate with which PgBouncer
 * looks the passwords up (`auth_query`), so there is no user list to keep.
 */
export interface PoolerArgs {
  /** `rw` (the primary), `ro` (the replicas) or `r` (any instance). Default: `rw`. */
  type?: PoolerType;
  /** `session` or `transaction`; what doesn't work in transactions is in docs/pooler.md. Default: `session`, as CNPG has it. */
  poolMode?: PoolMode;
  /** PgBouncers, each with pools of its own. Default: 2 in prod, which wants no fewer; 1 in dev. */
  instances?: number;
  /**
   * Settings of PgBouncer, out of those that CNPG's webhook allows. Default: `max_client_conn` 1000 and `default_pool_size` 20;
   * the rest is PgBouncer's.
   */
  parameters?: { [name: string]: string };
  /** CPU and memory of one PgBouncer. */
  resources?: PoolerResourcesArgs;
  /** Which nodes they run on. Default: any, on different ones where there are enough (`antiAffinity: preferred`). */
  placement?: PlacementArgs;
  /** Default: `ClusterIP`. */
  serviceType?: PoolerServiceType;
  /** Annotations of the Service, such as `networking.gke.io/load-balancer-type: Internal`. Default: none. */
  serviceAnnotations?: { [name: string]: string };
  /** Image of PgBouncer, 1.19 or newer. Default: the operator's own. */
  image?: string;
  /**
   * Secret in the cluster's namespace with `tls.crt` and `tls.key` that clients are shown, with a label `cnpg.io/reload`.
   * Default: the cluster's server certificate, which then carries the pooler's names too.
   */
  clientTLSSecret?: string;
  /** Whether PgBouncer holds its clients back (`PAUSE`), as during a maintenance. Default: `false`. */
  paused?: boolean;
}
