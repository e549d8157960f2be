/** The two kinds of cert-manager's own issuers. */
export const IssuerKind = { Namespaced: "Issuer", Cluster: "ClusterIssuer" } as const;
export type IssuerKind = (typeof IssuerKind)[keyof typeof IssuerKind];

/** An issuer of cert-manager that signs certificates (`spec.issuerRef` of a Certificate). */
export interface IssuerArgs {
  /** Name of the issuer. */
  name: string;
  /** `Issuer`, which has to be in the cluster's namespace, or `ClusterIssuer`. @default `Issuer` */
  kind?: IssuerKind;
  /** API group, for an issuer that is not cert-manager's own. @default `cert-manager.io` */
  group?: string;
}

/**
 * Where certificates come from that CNPG does not make itself. One of three: `issuer` (cert-manager signs and renews),
 * `secret` and `caSecret` (somebody else does), or `caSecret` alone (a CA with its `ca.key`, with which CNPG signs).
 */
export interface CertificateSourceArgs {
  /** An issuer of cert-manager, which signs and renews. It has to be one whose Secrets hold `ca.crt`: ACME's don't. */
  issuer?: IssuerArgs;
  /** With `issuer`: how long a certificate is valid, at least `336h`; renewed when a third is left. @default `2160h` */
  duration?: string;
  /** Existing Secret (`kubernetes.io/tls`) with `tls.crt` and `tls.key`, labelled `cnpg.io/reload`. */
  secret?: string;
  /** Existing Secret with `ca.crt`; without `secret` also with `ca.key`, an elliptic-curve key. May be `secret` itself. */
  caSecret?: string;
}

/** How applications in other namespaces learn of the CA that they verify the server with. */
export interface ApplicationCaArgs {
  /** Namespaces that get a ConfigMap `<cluster>-ca` with `ca.crt`. They have to be there. @default those of `verify-full` */
  namespaces?: string[];
  /**
   * The CA's certificates in PEM, where it is known beforehand: own `server` certificates only.
   * @default copied from the cluster's CA Secret by a CronJob every hour, `ca.crt` alone
   */
  ca?: string;
  /** Image with kubectl of the CronJob that copies the CA. @default `registry.k8s.io/kubectl:v1.36.3` */
  image?: string;
}

/** Certificates of a cluster. Where nothing is said CNPG makes them: a CA of the cluster's own, valid and renewed by itself. */
export interface CertificatesArgs {
  /** Certificate that instances and poolers show to clients. @default CNPG's */
  server?: CertificateSourceArgs;
  /**
   * CA that client certificates are verified with, and the certificate of `streaming_replica`. Whoever has a certificate of
   * that CA can log in as the role that it is named for where `pg_hba` says so: it should sign for this cluster only.
   * @default CNPG's
   */
  client?: CertificateSourceArgs;
  /**
   * More DNS names of the server, such as that of a load balancer; Services and poolers have theirs by themselves. Not with
   * `server.secret`.
   * @default none
   */
  serverAltDNSNames?: string[];
  /** The CA for applications in other namespaces. @default those get it whose `applications` have `sslmode: verify-full` */
  applications?: ApplicationCaArgs;
}
