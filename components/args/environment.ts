import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentBackups } from "./backup";
import type { ClusterArgs } from "./cluster";
import type { ExportSettings } from "./export";
import type { MonitoringSettings } from "./monitoring";
import type { NetworkSettings } from "./network";
import type { Profile } from "./profiles";
import type { S3KeysArgs } from "./s3";

/** Everything that one stack file asks for. Plain values only, but for keys: names are computed, not discovered. */
export interface PostgresEnvironmentArgs {
  /** Google Cloud project id. Needed unless `backups.s3` is there. */
  project?: string;
  /** Region of the environment, such as `europe-west1`; the bucket's location unless told otherwise. Needed with `project`. */
  region?: string;
  /** `dev` or `prod`; it decides every default that is not written down. */
  profile: Profile;
  /** Name of the environment in names of Google resources. @default the stack's name; of a component, its own */
  environment?: string;
  /** Version of the CNPG operator on the Kubernetes cluster. @default `1.30.0` */
  operatorVersion?: string;
  /** Bucket, identities, and the defaults of every cluster's backups. */
  backups?: EnvironmentBackups;
  /** Keys to the store of `backups.s3`, in place of its `credentials`: each cluster gets a Secret with them. */
  s3Keys?: S3KeysArgs;
  /** Keys to stores that `recoverFrom.s3` names; they should only be able to read. */
  s3SourceKeys?: S3KeysArgs;
  /** Keys to the store of `exports.s3`; they should only be able to create objects below its prefix. */
  s3ExportKeys?: S3KeysArgs;
  /** Keys to stores that `importDump.from.s3` names; they should only be able to read. */
  s3ImportKeys?: S3KeysArgs;
  /** Where dumps of databases go, for clusters that have `exports` or `importDump`. */
  exports?: ExportSettings;
  /** What scrapes the clusters' metrics, and the alerts and dashboards on them. */
  monitoring?: MonitoringSettings;
  /** Network policies. */
  network?: NetworkSettings;
  /**
   * Kubeconfig, its content or a path, of the Kubernetes provider that the program gives to the component: with it, an update
   * looks whether what it changed takes effect.
   * @default that of Pulumi's default provider
   */
  kubeconfig?: pulumi.Input<string>;
  /** Clusters by name. */
  clusters: { [name: string]: ClusterArgs };
}
