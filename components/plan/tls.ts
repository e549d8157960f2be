import type { ClusterSpec, PoolerSpec } from "../crds/types";
import type { PlannedObject } from "./object";

/** The certificates of a cluster, decided. */
export interface CertificatesPlan {
  readonly clusterSpec: Pick<ClusterSpec, "certificates">;
  /** Certificates that cert-manager is asked for, each of which makes the Secret of the same name; they come before the Cluster. */
  readonly certificates: readonly PlannedObject[];
  /** Secret in the cluster's namespace whose `ca.crt` the server is verified with. */
  readonly caSecret: string;
  /** Secrets with the certificates for PgBouncer; see {@link PoolerSecrets}. */
  readonly poolerSecrets: PoolerSecrets;
  /** Whether CNPG has the key that certificates of roles are signed with. */
  readonly signsClients: boolean;
  /** Names that the server's certificate has, other than those of CNPG's own Services. */
  readonly altDnsNames: readonly string[];
  /** Absent if no other namespace is to get the CA. */
  readonly applications: ApplicationCaPlan | undefined;
}

/**
 * The Secrets that a Pooler names. It is told all of them, though they are those that CNPG would take: it takes them from the
 * Cluster once, when the Pooler changes, and not when the Cluster does. PgBouncer then went on with the former ones for hours,
 * also if the operator saw the change of the Pooler a moment before that of the Cluster (`pooler_controller.go`, 1.30.0).
 */
export type PoolerSecrets = Required<
  Pick<PoolerSpec["pgbouncer"], "serverCASecret" | "clientCASecret" | "clientTLSSecret">
>;

/** What is known of a pooler by those who make certificates. */
export interface PoolerTls {
  /** Name of its Service. */
  readonly name: string;
  readonly showsServerCertificate: boolean;
}

/** How applications in other namespaces get the CA. */
export interface ApplicationCaPlan {
  /** Name of the ConfigMap in each of the namespaces. */
  readonly configMap: string;
  readonly namespaces: readonly string[];
  /** PEM, where it is known; the ConfigMaps have it from the start. */
  readonly ca: string | undefined;
  /** How it is copied otherwise. */
  readonly copy: CaCopyPlan | undefined;
}

/** A pod that copies `ca.crt`: once with the cluster, and every hour from then on. */
export interface CaCopyPlan {
  /** Name of the CronJob, its service account and what else it needs. */
  readonly name: string;
  readonly image: string;
  /** Five cron fields. */
  readonly schedule: string;
  /** Secret that is copied from. */
  readonly caSecret: string;
  /** What kubectl is to apply, beside the file `ca.crt`. */
  readonly kustomization: string;
}
