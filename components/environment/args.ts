import type { EnvironmentBackups } from "../backup/args";
import type { ClusterArgs } from "../cluster/args";
import type { ExportSettings } from "../export/args";
import type { Profile } from "../profiles";

/** Everything that one stack file asks for. Plain values only: names are computed, not discovered. */
export interface PostgresEnvironmentArgs {
  /** Google Cloud project id. */
  project: string;
  /** Region of the environment, such as `europe-west1`; the bucket's location unless told otherwise. */
  region: string;
  /** Decides every default that is not written down. */
  profile: Profile;
  /** Name of the environment in names of Google resources. Default: the component's name. */
  environment?: string;
  /** Version of the CNPG operator on the Kubernetes cluster. Default: `1.30.0`. */
  operatorVersion?: string;
  /** Bucket, identities, and the defaults of every cluster's backups. */
  backups?: EnvironmentBackups;
  /** Where dumps of databases go, for clusters that have `exports` or `importDump`. */
  exports?: ExportSettings;
  /** Clusters by name. */
  clusters: { [name: string]: ClusterArgs };
}
