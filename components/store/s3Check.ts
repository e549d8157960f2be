import { defaults } from "../args/defaults";
import { Profile } from "../args/profiles";
import type { S3CredentialsArgs, S3StoreArgs } from "../args/s3";
import type { Check } from "../check";
import type { ProgramKeys } from "../plan/store";
import { notShown } from "../problems";
import { iamRoleArn, objectName, s3Endpoint, s3Region, secretKeyName } from "../units";
import { checkStoreSecret, outline } from "./secret";

/** What {@link checkS3} has to know besides the settings. */
export interface S3Basis {
  readonly profile: Profile;
  /** Keys that the program has for it. */
  readonly keys: ProgramKeys;
  /** Name of the bucket, which the endpoint must not have in it. */
  readonly bucket: string | undefined;
  /** For a source: where the cluster itself archives, if that is S3 too. */
  readonly own?: S3StoreArgs | undefined;
  /** Whether dumps are carried there or from there, by a job of their own. Default: archives, by barman. */
  readonly dumps?: boolean;
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
function checkWayIn(
  check: Check,
  args: S3StoreArgs,
  { keys: { s3: keys, s3Are: keysAre }, own, dumps = false }: S3Basis,
): void {
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

/** The region that boto3 works with. */
export function regionOf({ region }: S3StoreArgs): string {
  return region ?? defaults.S3StoreArgs.region;
}

/** Nobody who gets into a job's pod is to find there what the backups can be deleted with. */
export function checkApart(check: Check, given: S3StoreArgs, archive: S3StoreArgs | undefined): void {
  const why = "whoever gets into a job's pod could delete the backups with it";
  const [own, others] = [given.credentials, archive?.credentials];
  const keyIn = ({ secretAccessKey = defaults.S3CredentialsArgs.secretAccessKey }: S3CredentialsArgs) =>
    secretAccessKey;
  check.require(
    own === undefined || others === undefined || own.secret !== others.secret || keyIn(own) !== keyIn(others),
    "credentials.secret",
    own?.secret,
    `a Secret of its own, and not that of the backups: ${why}`,
  );
  check.require(
    given.roleArn === undefined || given.roleArn !== archive?.roleArn,
    "roleArn",
    given.roleArn,
    `a role of its own, and not that of the backups: ${why}`,
  );
}
