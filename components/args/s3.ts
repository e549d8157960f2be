import type * as pulumi from "@pulumi/pulumi";

/** A key of an existing Secret in the cluster's namespace. */
export interface StoreSecretArgs {
  /** Name of the Secret. */
  secret: string;
  /** Key in it. Default: what it is for: `ca.crt`, or `key.json`. */
  key?: string;
}

/** An existing Secret in the cluster's namespace with the keys to an S3-compatible store. */
export interface S3CredentialsArgs {
  /** Name of the Secret. */
  secret: string;
  /** Name under which it has the access key's id. Default: `ACCESS_KEY_ID`. */
  accessKeyId?: string;
  /** Name under which it has the secret access key. Default: `ACCESS_SECRET_KEY`. */
  secretAccessKey?: string;
  /** Name under which it has a session token. Default: there is none. */
  sessionToken?: string;
}

/**
 * An S3-compatible store, and how clusters get in: with `credentials`, or with `inheritFromIAMRole`, or with keys that
 * the program has (`s3Keys`). Exactly one of these.
 */
export interface S3StoreArgs {
  /**
   * Address of the server, such as `https://minio.storage.svc:9000`. `http://` only in dev, or to a Service of the same
   * Kubernetes cluster (`….svc`). Default: Amazon S3; `region` is needed then.
   */
  endpoint?: string;
  /** Region of the bucket, such as `eu-west-1`. Default, with `endpoint` only: boto3's own, `us-east-1`. */
  region?: string;
  /** An existing Secret in the namespace of each cluster. */
  credentials?: S3CredentialsArgs;
  /** `true`: the pods' own IAM role, from EKS (IRSA, Pod Identity) or the nodes. Default: `false`. */
  inheritFromIAMRole?: boolean;
  /**
   * With `inheritFromIAMRole`: ARN of the role for IRSA, written to the clusters' service accounts as
   * `eks.amazonaws.com/role-arn`. Default: none, for Pod Identity and node roles.
   */
  roleArn?: string;
  /** Certificate authority of the server, if it is no public one. Key by default: `ca.crt`. */
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
   * identity. Key by default: `key.json`. Default: the pods' own identity, as GKE gives it.
   */
  credentials?: StoreSecretArgs;
}
