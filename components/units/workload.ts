/**
 * The one string that both halves share: `<namespace>/<cluster>`.
 *
 * The operator creates a Kubernetes service account named after the Cluster in the Cluster's namespace,
 * and every pod of it (instances, their backup sidecar, bootstrap jobs) runs as that account (CNPG
 * `cluster_funcs.go` and `cluster_create.go`). So the account's annotation, the Workload Identity member and
 * the default server name are all read off this value and are written nowhere else.
 */
export class Workload {
  constructor(
    readonly namespace: string,
    readonly cluster: string,
  ) {}

  /** `<namespace>/<cluster>`. */
  toString(): string {
    return `${this.namespace}/${this.cluster}`;
  }

  /** `serviceAccount:<project>.svc.id.goog[<namespace>/<cluster>]`, as GKE's Workload Identity names it. */
  workloadIdentityMember(project: string): string {
    return `serviceAccount:${workloadPool(project)}[${this}]`;
  }

  /**
   * The Kubernetes account itself as an IAM principal, without a Google service account in between:
   * `principal://iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/subject/ns/<namespace>/sa/<cluster>`.
   */
  principal(project: string, projectNumber: string): string {
    const pool = `projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadPool(project)}`;
    return `principal://iam.googleapis.com/${pool}/subject/ns/${this.namespace}/sa/${this.cluster}`;
  }

  /**
   * A Kubernetes account of the cluster's namespace that its jobs run as, `<cluster>-<purpose>`: unlike the cluster's own it
   * is made here, and not by the operator.
   */
  job(purpose: string): Workload {
    return new Workload(this.namespace, `${this.cluster}-${purpose}`);
  }

  /** The Service that reaches the instances in this role: `rw` the primary, `ro` the replicas, `r` any. */
  service(role: "rw" | "ro" | "r"): string {
    return `${this.cluster}-${role}`;
  }

  /** Host of the Service, as any namespace of the Kubernetes cluster resolves it. */
  host(role: "rw" | "ro" | "r"): string {
    return this.hostOf(this.service(role));
  }

  /** A Service of its namespace, as any namespace of the Kubernetes cluster resolves it. */
  hostOf(service: string): string {
    return `${service}.${this.namespace}.svc`;
  }
}

/** The workload identity pool that every GKE cluster of a project shares. */
function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}

/** The annotation with which GKE lets a Kubernetes service account act as a Google one. */
export const gcpServiceAccountAnnotation = "iam.gke.io/gcp-service-account";

/** `<id>@<project>.iam.gserviceaccount.com`; a domain-scoped project `example.com:p` becomes `p.example.com`. */
export function serviceAccountEmail(id: string, project: string): string {
  const [domain, name] = project.includes(":") ? project.split(":") : [undefined, project];
  return `${id}@${domain === undefined ? name : `${name}.${domain}`}.iam.gserviceaccount.com`;
}
