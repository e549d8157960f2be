/** A password that Pulumi makes and keeps as a secret in its state. */
export interface RandomCredentials {
  /** Letters and digits that it has, 20 to 128. Another length is another password. @default `32` */
  length?: number;
  /**
   * Which password it is, a whole number from 1 on: another number is another password (docs/rotation.md). With two users,
   * each step also changes the user.
   * @default `1`
   */
  rotation?: number;
}

/** The two kinds of store that External Secrets Operator has. */
export const SecretStoreKind = { Cluster: "ClusterSecretStore", Namespaced: "SecretStore" } as const;
export type SecretStoreKind = (typeof SecretStoreKind)[keyof typeof SecretStoreKind];

/** A password that stands in a store of External Secrets Operator (`ExternalSecret`, external-secrets.io/v1). */
export interface ExternalSecretCredentials {
  /** Name of the ClusterSecretStore, or of the SecretStore in the cluster's namespace. */
  store: string;
  /** Kind of the store: `ClusterSecretStore`, or `SecretStore` in the cluster's namespace. @default `ClusterSecretStore` */
  kind?: SecretStoreKind;
  /** Where in the store it is (`remoteRef.key`), such as `orders/reporting`. */
  key: string;
  /** Which part of what is there (`remoteRef.property`), such as `password`. @default all of it */
  property?: string;
  /** How often the store is asked: a duration in Go's form. @default `1h` */
  refreshInterval?: string;
}

/** A password that External Secrets Operator makes (`Password`, generators.external-secrets.io/v1alpha1). */
export interface GeneratorCredentials {
  /** Characters that it has, 20 to 128. @default `32` */
  length?: number;
  /** How many of them are digits. @default a quarter */
  digits?: number;
  /** How many of them are symbols. @default `0` */
  symbols?: number;
  /** Which symbols. @default the generator's */
  symbolCharacters?: string;
  /** Whether there are no capital letters. @default `false` */
  noUpper?: boolean;
  /**
   * How often it makes another one: a duration in Go's form; `0s` is once. With any other, a change of the cluster's labels
   * makes another one too: External Secrets Operator understands its ExternalSecrets so.
   * @default `0s`
   */
  refreshInterval?: string;
}

/**
 * Where a role's password comes from: one of these. Default: `random`.
 *
 * @example { externalSecret: { store: "vault", key: "orders/reporting", property: "password" } }
 */
export interface CredentialsArgs {
  /** Made by Pulumi. */
  random?: RandomCredentials;
  /**
   * A Secret in the cluster's namespace with `username` and `password`, made by somebody else. Applications in their own
   * namespaces get a copy of it by External Secrets Operator.
   */
  secret?: string;
  /**
   * A Secret in the cluster's namespace that GitOps makes of an encrypted manifest, as those of the applications are: nothing
   * is declared for them, only named. `npm run secrets` writes the manifests to encrypt.
   */
  sops?: string;
  /** Read from a store by External Secrets Operator. */
  externalSecret?: ExternalSecretCredentials;
  /** Made by External Secrets Operator. */
  generator?: GeneratorCredentials;
}

/** Which instances an application talks to: `rw` the primary, `ro` the replicas, `r` any. */
export const ApplicationService = { ReadWrite: "rw", ReadOnly: "ro", Read: "r" } as const;
export type ApplicationService = (typeof ApplicationService)[keyof typeof ApplicationService];

/** Whether an application looks whom it talks to: `verify-full` checks the server's certificate and its name. */
export const ApplicationSslMode = { Require: "require", VerifyFull: "verify-full" } as const;
export type ApplicationSslMode = (typeof ApplicationSslMode)[keyof typeof ApplicationSslMode];

/** An application that logs in as a role: it gets a Secret in its own namespace with all that a client needs. */
export interface ApplicationArgs {
  /** Namespace of the application, which has to exist. */
  namespace: string;
  /** Name of its Secret. @default `<cluster>-<role>` */
  secret?: string;
  /**
   * Which Service `host` and `uri` of its Secret lead to: `rw` the primary, `ro` the replicas, `r` any instance; `uri-rw`,
   * `uri-ro` and `uri-r` lead to each.
   * @default `rw`
   */
  service?: ApplicationService;
  /** Key of one of `poolers` that `host` and `uri` lead to instead; the others lead past it. @default none */
  pooler?: string;
  /**
   * `require` encrypts, and takes whoever answers; `verify-full` also verifies the server, and gets the CA to the
   * application's namespace, as `certificates.applications` does: `databaseEnv` mounts it.
   * @default `require`
   */
  sslmode?: ApplicationSslMode;
  /** With `verify-full`: path of the CA's certificate in its container. @default `/etc/<cluster>/ca.crt` */
  sslrootcert?: string;
  /** The SecretStore in its namespace, where the role's is one of the cluster's namespace. */
  store?: string;
}
