import type { PoolerSpec } from "../crds/types";

/** A pooler, decided. */
export interface PoolerPlan {
  /** Key in `poolers`. */
  readonly key: string;
  /** Name of the Pooler, and of all that CNPG makes for it: Deployment, Service, service account. */
  readonly name: string;
  readonly spec: PoolerSpec;
  /** The Service, as any namespace of the Kubernetes cluster resolves it. */
  readonly host: string;
  /** Whether clients are shown the cluster's server certificate, which then has to carry this pooler's names. */
  readonly showsServerCertificate: boolean;
  readonly instances: number;
}
