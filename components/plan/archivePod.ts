/** A manifest of the Kubernetes API. */
export interface Manifest {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A pod that looks into an archive as a cluster's own account; both are there for as long as it looks. */
export interface ArchivePod {
  readonly namespace: string;
  readonly cluster: string;
  /** `gs://<bucket>/<prefix>/<server>`, where it looks. */
  readonly url: string;
  /** Server name with which the cluster will archive: a live Cluster that has it is what is asked for already. */
  readonly server: string;
  /** The account that the cluster has or will have; one that is there already is left alone. */
  readonly account: Manifest;
  readonly pod: Manifest;
  /** Exit code with which the pod ends where the archive is not as it has to be; 0 where it is. */
  readonly refused: number;
}
