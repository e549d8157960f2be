import type { IdentityMode } from "../args/backup";
import type { ObjectStoreLocation } from "../units/location";
import type { Workload } from "../units/workload";
import type { JobTenant } from "./dumps";

/** One cluster, as far as its access to the bucket goes. */
export interface Tenant {
  readonly workload: Workload;
  readonly location: ObjectStoreLocation;
  /** What it is recovered from, if its identity is to be granted that here. */
  readonly source?: ObjectStoreLocation | undefined;
}

/** Somebody else who may read one cluster's backups. */
export interface Reader {
  /** Whose backups. */
  readonly of: Tenant;
  /** IAM member. */
  readonly member: string;
  /** RFC 3339; never if left out. */
  readonly expires: string | undefined;
}

/** A Google service account for backups. */
export interface AccountPlan {
  /** Account id, without `@…`. */
  readonly id: string;
  readonly email: string;
  /** `projects/<project>/serviceAccounts/<email>`, as IAM names it. */
  readonly resource: string;
  readonly displayName: string;
  readonly tenants: readonly Pick<Tenant, "workload">[];
  /** What comes after the component's name in Pulumi's name of it. Default: the mode decides. */
  readonly key?: string;
}

/** A role on the bucket. */
export interface BucketGrant {
  /** What the grant is for; names the resource. */
  readonly key: string;
  /** `<namespace>/<cluster>` that it is for; undefined if all share it. */
  readonly workload: string | undefined;
  /** The bucket that the role is on. */
  readonly bucket: string;
  readonly role: string;
  readonly member: string;
  readonly condition:
    | { readonly title: string; readonly description: string; readonly expression: string }
    | undefined;
}

/** Who may do what, decided. */
export interface IdentityPlan {
  readonly mode: IdentityMode;
  readonly accounts: readonly AccountPlan[];
  readonly grants: readonly BucketGrant[];
  /** `<namespace>/<cluster>` to the e-mail that its pods act as; empty with the direct mode. */
  readonly emails: ReadonlyMap<string, string>;
}

/** What {@link decideIdentity} starts from. */
export interface IdentityBasis {
  readonly project: string;
  readonly projectNumber: string | undefined;
  readonly environment: string;
  readonly mode: IdentityMode;
  /** What the mode is called where it was given, for a message. Default: `identity`. */
  readonly modeIs?: string;
  readonly serviceAccount: string | undefined;
  /** Whether project and environment are well formed; otherwise an id derived from them is no news. */
  readonly namesKnown: boolean;
  readonly tenants: readonly Tenant[];
  /** Default: none. */
  readonly readers?: readonly Reader[];
  /** Exports and imports. Default: none. */
  readonly jobs?: readonly JobTenant[];
}
