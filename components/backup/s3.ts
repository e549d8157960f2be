import type { BucketSettings, EnvironmentBackups } from "../args/backup";
import { Profile } from "../args/profiles";
import type { S3CredentialsArgs, S3KeysArgs, S3StoreArgs, StoreSecretArgs } from "../args/s3";
import type { Check } from "../check";
import type { BucketDemand, S3Bucket } from "../plan/backup";
import { notShown } from "../problems";
import { iamRoleArn, objectName, s3BucketName, s3Endpoint, s3Region, secretKeyName } from "../units";
import { type S3Place, storeHost } from "../units/location";
import { regionOf } from "./access";
import { decideDeleteAge } from "./bucketPlan";

/** What stands in a group of settings, without the values: one of them may be a key that was written in the wrong place. */
export function outline(settings: object | undefined): string[] | undefined {
  return settings && Object.keys(settings);
}

/** What {@link checkS3} has to know besides the settings. */
export interface S3Basis {
  readonly profile: Profile;
  /** Keys that the program has for it. */
  readonly keys: S3KeysArgs | undefined;
  /** What those keys are called where they are given, for the message. */
  readonly keysAre: string;
  /** Name of the bucket, which the endpoint must not have in it. */
  readonly bucket: string | undefined;
  /** For a source: where the cluster itself archives, if that is S3 too. */
  readonly own?: S3Place | undefined;
  /** Whether dumps are carried there or from there, by a job of their own. Default: archives, by barman. */
  readonly dumps?: boolean;
}

/** Where neither endpoint nor region is named, the store is the given one; its certificate authority goes with its host. */
export function completed(given: S3StoreArgs, own: S3StoreArgs | undefined): S3StoreArgs {
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

/** Checks an S3-compatible store where it is written. */
export function checkS3(check: Check, args: S3StoreArgs, basis: S3Basis): void {
  checkEndpoint(check, args, basis);
  check.parse("region", args.region, s3Region);
  if (args.endpoint === undefined && args.region === undefined)
    check.fail(
      "region",
      undefined,
      'the region of the bucket, such as "eu-west-1"; or endpoint, for a store that is not Amazon\'s',
    );
  checkWayIn(check, args, basis);
  if (args.endpointCA !== undefined) checkStoreSecret(check.at("endpointCA"), args.endpointCA);
}

function checkEndpoint(check: Check, args: S3StoreArgs, { profile, bucket, dumps = false }: S3Basis): void {
  const { endpoint, endpointCA } = args;
  const login = /^([a-z]+:\/\/)[^/]*@(.*)$/i.exec(endpoint ?? "");
  if (login !== null) {
    check.fail(
      "endpoint",
      `${login[1]}…@${login[2]}`,
      "without a login in it: the keys stand in a Secret, see credentials",
    );
    return;
  }
  const server = check.parse("endpoint", endpoint, s3Endpoint);
  if (endpoint === undefined)
    check.require(
      endpointCA === undefined,
      "endpointCA",
      endpointCA,
      "remove it without endpoint: Amazon's certificates are public",
    );
  if (server === undefined) return;
  if (bucket !== undefined && server.host.startsWith(`${bucket}.`))
    check.fail(
      "endpoint",
      endpoint,
      `without the bucket in it: ${dumps ? "rclone" : "barman"} adds ${bucket} by itself`,
    );
  check.require(
    server.tls || endpointCA === undefined,
    "endpointCA",
    endpointCA,
    "remove it with an endpoint of http://, which shows no certificate",
  );
  check.require(
    server.tls || profile === Profile.Dev || /\.svc(\.cluster\.local)?$/.test(server.host),
    "endpoint",
    endpoint,
    `https:// with profile prod: ${dumps ? "a dump is" : "WAL and base backups are"} the whole database, and would go through the network in the open; ` +
      "a private certificate authority stands in endpointCA. http:// may reach a Service of the same Kubernetes cluster (….svc) only",
  );
}

/** Exactly one way in. */
function checkWayIn(check: Check, args: S3StoreArgs, { keys, keysAre, own, dumps = false }: S3Basis): void {
  const { credentials, inheritFromIAMRole, roleArn } = args;
  const ofPod = inheritFromIAMRole === true;
  if (credentials === undefined && !ofPod && keys === undefined)
    check.fail(
      "credentials",
      undefined,
      `an existing Secret in the cluster's namespace, { secret: … }; or inheritFromIAMRole: true; or ${keysAre}, set with \`pulumi config set --secret\`${dumps ? "; those of the backups are no default, since they can delete backups" : ""}`,
    );
  if (credentials !== undefined) {
    checkCredentials(check.at("credentials"), credentials);
    if (ofPod)
      check.fail(
        "inheritFromIAMRole",
        true,
        `remove it with credentials: ${dumps ? "one way in" : "barman would use the role and not the keys"}`,
      );
  }
  if (keys !== undefined && (credentials !== undefined || ofPod))
    check.fail(
      credentials === undefined ? "inheritFromIAMRole" : "credentials",
      outline(credentials) ?? true,
      `remove it with ${keysAre}, from which each cluster gets a Secret: one way in`,
    );
  check.parse("roleArn", roleArn, iamRoleArn);
  check.require(
    roleArn === undefined || ofPod,
    "roleArn",
    roleArn,
    "remove it without inheritFromIAMRole: true: with keys, nobody takes a role on",
  );
  if (ofPod && own !== undefined && regionOf(args) !== regionOf(own))
    check.fail(
      "region",
      args.region,
      `${regionOf(own)}, as the cluster's own archive has it: with inheritFromIAMRole a pod works in one region; credentials can name another`,
    );
}

function checkCredentials(check: Check, args: S3CredentialsArgs): void {
  check.parse("secret", args.secret, objectName);
  for (const key of ["accessKeyId", "secretAccessKey", "sessionToken"] as const) {
    const name = args[key];
    const parsed = name === undefined ? undefined : secretKeyName(name);
    // What is no name may be the key itself.
    if (parsed?.ok === false) check.fail(key, notShown, parsed.allowed);
  }
}

/** Checks the name of a Secret and of a key in it. */
export function checkStoreSecret(check: Check, { secret, key }: StoreSecretArgs): void {
  check.parse("secret", secret, objectName);
  const parsed = key === undefined ? undefined : secretKeyName(key);
  if (parsed?.ok === false) check.fail("key", notShown, parsed.allowed);
}

/** Settings of Cloud Storage and of Google's identities, and why each has no meaning with S3. */
const googleOnly = {
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
} as const satisfies Partial<Record<keyof EnvironmentBackups, string>>;

/** Decides the bucket of an environment that archives to S3, and checks that its own rule outlasts every retention. */
export function decideS3Bucket(
  check: Check,
  settings: EnvironmentBackups,
  demands: readonly BucketDemand[],
): S3Bucket {
  for (const [key, why] of Object.entries(googleOnly) as [keyof typeof googleOnly, string][])
    check.require(settings[key] === undefined, key, settings[key], `remove it with s3: ${why}`);
  if (settings.bucket === undefined)
    check.fail("bucket", undefined, "the name of the bucket, which whoever runs the store has made");
  check.parse("bucket", settings.bucket, s3BucketName);
  const { deleteAge }: BucketSettings = settings;
  return {
    name: settings.bucket ?? "missing-bucket",
    deleteAgeDays: deleteAge === undefined ? undefined : decideDeleteAge(check, { deleteAge }, demands),
  };
}
