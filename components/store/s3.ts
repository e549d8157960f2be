import { defaults } from "../args/defaults";
import type { S3StoreArgs } from "../args/s3";
import type { Check } from "../check";
import type { EnvVar } from "../plan/job";
import type { ProgramKeys, Store, StoreAccess, StorePurpose } from "../plan/store";
import { s3BucketName } from "../units";
import { type StorePlace, s3Place, storeHost } from "../units/storePlace";
import type { Kind, StoreBasis, WrittenStore } from "./kind";
import { noBucket, option, secretOption } from "./rclone";
import { checkApart, checkS3, regionOf } from "./s3Check";

/** The annotation with which EKS gives a service account a role (IRSA). */
const roleArnAnnotation = "eks.amazonaws.com/role-arn";

/** Name under which our own Secret has the region; the others are the defaults of one that exists. */
const regionKey = "AWS_REGION";

const regionVariable = "AWS_DEFAULT_REGION";

/**
 * From boto3 1.36 on every upload carries a checksum, and every download asks for one, that several S3-compatible servers
 * refuse (plugin-barman-cloud issue 393): then no WAL is archived. Amazon's own takes them.
 */
const checksums = {
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
} as const;

type S3Credentials = NonNullable<StoreAccess["configuration"]["s3Credentials"]>;

/** An S3-compatible store. */
class S3Store implements WrittenStore {
  readonly kind = "s3";
  readonly place: StorePlace;
  readonly granted = false;
  readonly staged = false;
  readonly bucketName = s3BucketName;
  readonly meaningless = googleOnly;

  constructor(
    readonly args: S3StoreArgs,
    private readonly keys: ProgramKeys,
  ) {
    this.place = s3Place(args.endpoint?.replace(/\/$/, ""), args.region);
  }

  /**
   * The region stands in the environment of the pod, which all stores of a cluster share; for a source in another region than the
   * cluster's own archive it stands in a Secret, from which barman takes it for this store alone.
   */
  access(cluster: string, purpose: StorePurpose, own?: Store): StoreAccess {
    const { region, credentials, endpointCA, roleArn } = this.args;
    const { endpoint } = this.place;
    const name = `${cluster}-${purpose}-s3`;
    const ofPod = this.args.inheritFromIAMRole === true;
    const archive = argsOf(own);
    const ownRegion = !ofPod && archive !== undefined && regionOf(archive) !== regionOf(this.args);
    const made = {
      ...(credentials === undefined &&
        !ofPod &&
        this.keys.s3 !== undefined && {
          [defaults.S3CredentialsArgs.accessKeyId]: this.keys.s3.accessKeyId,
          [defaults.S3CredentialsArgs.secretAccessKey]: this.keys.s3.secretAccessKey,
        }),
      ...(ownRegion && { [regionKey]: regionOf(this.args) }),
    };
    const s3Credentials = this.credentials(name, ownRegion);
    return {
      configuration: {
        ...(endpoint !== undefined && { endpointURL: endpoint }),
        ...(endpointCA !== undefined && {
          endpointCA: { name: endpointCA.secret, key: endpointCA.key ?? "ca.crt" },
        }),
        s3Credentials,
      },
      env: {
        ...(region !== undefined && !ownRegion && { [regionVariable]: region }),
        ...(endpoint !== undefined && checksums),
      },
      remote: this.remote(s3Credentials, purpose),
      annotations: roleArn === undefined ? {} : { [roleArnAnnotation]: roleArn },
      secret:
        Object.keys(made).length === 0 ? undefined : { suffix: `${purpose}-s3`, name, stringData: made },
    };
  }

  private credentials(made: string, ownRegion: boolean): S3Credentials {
    const { credentials, inheritFromIAMRole } = this.args;
    if (inheritFromIAMRole === true) return { inheritFromIAMRole };
    const name = credentials?.secret ?? made;
    const byDefault = defaults.S3CredentialsArgs;
    return {
      accessKeyId: { name, key: credentials?.accessKeyId ?? byDefault.accessKeyId },
      secretAccessKey: { name, key: credentials?.secretAccessKey ?? byDefault.secretAccessKey },
      ...(credentials?.sessionToken !== undefined && {
        sessionToken: { name, key: credentials.sessionToken },
      }),
      ...(ownRegion && { region: { name: made, key: regionKey } }),
    };
  }

  private remote(credentials: S3Credentials, purpose: StorePurpose): EnvVar[] {
    const { endpoint } = this.place;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return [
      option("TYPE", "s3"),
      // `Other` has the bucket in the path, as servers without a wildcard in their DNS need it.
      option("PROVIDER", storeHost(endpoint) === "amazonaws.com" ? "AWS" : "Other"),
      ...(endpoint === undefined ? [] : [option("ENDPOINT", endpoint)]),
      option("REGION", regionOf(this.args)),
      noBucket,
      // What was uploaded would be looked up, for which one has to be able to read it. The server compares an MD5 of every
      // part as it comes.
      ...(purpose === "export" ? [option("NO_HEAD", "true")] : []),
      ...(credentials.inheritFromIAMRole === true ? [option("ENV_AUTH", "true")] : []),
      ...(accessKeyId === undefined ? [] : [secretOption("ACCESS_KEY_ID", accessKeyId)]),
      ...(secretAccessKey === undefined ? [] : [secretOption("SECRET_ACCESS_KEY", secretAccessKey)]),
      ...(sessionToken === undefined ? [] : [secretOption("SESSION_TOKEN", sessionToken)]),
    ];
  }

  check(around: Check, basis: Omit<StoreBasis, "archive">): void {
    checkS3(around.at("s3"), this.args, { ...basis, keys: this.keys });
  }

  checkSource(around: Check, { profile, bucket, archive }: StoreBasis): void {
    const at = around.at("s3");
    const own = argsOf(archive);
    const { roleArn } = this.args;
    checkS3(at, this.args, { profile, bucket, own, keys: this.keys });
    at.require(
      roleArn === undefined || own?.roleArn === undefined || roleArn === own.roleArn,
      "roleArn",
      roleArn,
      `that of backups.s3 (${own?.roleArn}): a pod has one service account, and so one role`,
    );
  }

  checkDumps(around: Check, { profile, bucket, archive }: StoreBasis): void {
    const at = around.at("s3");
    checkS3(at, this.args, { profile, bucket, dumps: true, keys: this.keys });
    checkApart(at, this.args, argsOf(archive));
  }
}

/** Settings of a store, if it is one of S3. */
function argsOf(store: Store | undefined): S3StoreArgs | undefined {
  return store instanceof S3Store ? store.args : undefined;
}

/** Where neither endpoint nor region is named, the store is the given one; its certificate authority goes with its host. */
function completed(given: S3StoreArgs, own: S3StoreArgs | undefined): S3StoreArgs {
  if (own === undefined) return given;
  const { endpoint, region, endpointCA } = own;
  const named = given.endpoint !== undefined || given.region !== undefined;
  const place = named
    ? given
    : { ...given, ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
  const sameHost = place.endpoint !== undefined && storeHost(place.endpoint) === storeHost(endpoint);
  const lent = sameHost && place.endpoint?.startsWith("https:") && place.endpointCA === undefined;
  return lent && endpointCA !== undefined ? { ...place, endpointCA } : place;
}

/** Settings of Cloud Storage and of Google's identities, and why each has no meaning with S3. */
const googleOnly: WrittenStore["meaningless"] = {
  existingBucket: "the bucket is always made by whoever runs the store",
  location: "a bucket's place is the business of whoever makes it; region says where it is",
  storageClass: "the bucket's own settings are the business of whoever makes it",
  deleteMargin: "there is no default deleteAge to add it to",
  versioning: "the bucket's own settings are the business of whoever makes it",
  noncurrentAge: "the bucket's own settings are the business of whoever makes it",
  forceDestroy: "the bucket is not made here, and not destroyed",
  softDelete: "it is Google's",
  kmsKey: "it is Google's; encryption is set on the bucket",
  labels: "they are Google's; the bucket is not made here",
  identity: "it is about Google's accounts; credentials, or inheritFromIAMRole, say who writes",
  serviceAccount: "it is Google's; for a role of Amazon's see s3.roleArn",
  projectNumber: "it is Google's",
  iamPropagationWait: "there are no grants here to wait for",
  readers: "nothing here can grant access to an S3 bucket; whoever runs the store makes read-only keys",
};

export const s3: Kind<"s3"> = {
  scheme: "s3",
  of: (args, keys, like) => new S3Store(completed(args ?? {}, argsOf(like)), keys),
  unsaidSource:
    "which store has the bucket, and keys that can only read there: s3: { credentials: { secret: … } } for the store of backups.s3, with endpoint or region for another; or gcs: {} for Google Cloud Storage",
  noGrant:
    "remove it with s3: there is no grant of S3; whoever runs the source's store makes keys that can only read",
  noIdentity:
    "false: a stack whose backups go to S3 has no Google identity to grant to; the source's stack does it, with the pods' principal in backups.readers, or gcs.credentials names a key",
};
