import type * as pulumi from "@pulumi/pulumi";

/** A key of an existing Secret in the cluster's namespace. */
export interface StoreSecretArgs {
  /** Name of an existing Secret in the cluster's namespace. */
  secret: string;
  /** Key in it. @default `ca.crt` of a certificate authority, `key.json` of a key file */
  key?: string;
}

/** An existing Secret in the cluster's namespace with the keys to an S3-compatible store. */
export interface S3CredentialsArgs {
  /** Name of an existing Secret in each cluster's namespace. */
  secret: string;
  /** Name under which it has the access key's id. @default `ACCESS_KEY_ID` */
  accessKeyId?: string;
  /** Name under which it has the secret access key. @default `ACCESS_SECRET_KEY` */
  secretAccessKey?: string;
  /** Name under which it has a session token. @default none */
  sessionToken?: string;
}

/**
 * An S3-compatible store, and how clusters get in: with `credentials`, or with `inheritFromIAMRole`, or with keys that
 * the program has (`s3Keys`). Exactly one of these.
 */
export interface S3StoreArgs {
  /**
   * Address of the server, such as `https://minio.storage.svc:9000`. `http://` only in dev, or to a Service of the same
   * Kubernetes cluster (`….svc`).
   * @default Amazon S3
   */
  endpoint?: string;
  /** Region of the bucket, such as `eu-west-1`. Needed without `endpoint`. @default `us-east-1` */
  region?: string;
  /**
   * An existing Secret in the namespace of each cluster. One way in: this, `inheritFromIAMRole`, or keys in the stack's
   * configuration.
   */
  credentials?: S3CredentialsArgs;
  /** Whether the pods' own IAM role opens the store: from EKS (IRSA, Pod Identity) or the nodes. @default `false` */
  inheritFromIAMRole?: boolean;
  /**
   * With `inheritFromIAMRole`: ARN of the role for IRSA, written to the clusters' service accounts as
   * `eks.amazonaws.com/role-arn`.
   * @default none, for Pod Identity and roles of nodes
   */
  roleArn?: string;
  /** Certificate authority of the server, if it is no public one. */
  endpointCA?: StoreSecretArgs;
}

/** Keys to an S3-compatible store that the program has, from which each cluster gets a Secret. Secrets in the state. */
export interface S3KeysArgs {
  /** Id of the access key. */
  accessKeyId: pulumi.Input<string>;
  /** The secret access key. */
  secretAccessKey: pulumi.Input<string>;
}

/** How a cluster that archives to S3 reads a source in Google Cloud Storage. */
export interface GcsSourceArgs {
  /**
   * An existing Secret in the cluster's namespace with a key file of a Google service account, where pods have no Google
   * identity.
   * @default the pods' own identity, as GKE gives it
   */
  credentials?: StoreSecretArgs;
}
