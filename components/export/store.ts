import { defaults } from "../args/defaults";
import { type ImportDumpArgs, JobPurpose } from "../args/export";
import type { Profile } from "../args/profiles";
import type { S3CredentialsArgs, S3KeysArgs, S3StoreArgs } from "../args/s3";
import { checkS3, completed } from "../backup/s3";
import { both, checkKeys, type S3Names } from "../backup/s3Context";
import type { Check } from "../check";
import type { S3Context, StoreAccess } from "../plan/backup";
import type { DumpStore, DumpStores } from "../plan/dumps";
import type { EnvVar } from "../plan/job";
import { type S3Place, storeHost } from "../units/location";

/** An option of the remote is `RCLONE_CONFIG_STORE_<OPTION>` (rclone, "Environment Variables"). */
const optionName = (name: string): string => `RCLONE_CONFIG_STORE_${name}`;
const option = (name: string, value: string): EnvVar => ({ name: optionName(name), value });
const secretOption = (name: string, from: { readonly name: string; readonly key: string }): EnvVar => ({
  name: optionName(name),
  valueFrom: { secretKeyRef: { name: from.name, key: from.key } },
});

const caFolder = "/etc/store-ca";

/** What barman would be told of a store, as rclone takes it. */
export function dumpStore(
  { configuration, annotations, secret }: StoreAccess,
  place: S3Place | undefined,
  purpose: JobPurpose,
): DumpStore {
  const { endpointCA } = configuration;
  return {
    place,
    env:
      place === undefined
        ? gcsOptions(configuration)
        : [
            ...s3Options(place, configuration, purpose),
            ...(endpointCA === undefined ? [] : [{ name: "RCLONE_CA_CERT", value: `${caFolder}/ca.crt` }]),
          ],
    annotations,
    volumes:
      endpointCA === undefined
        ? []
        : [
            {
              name: "store-ca",
              secret: { secretName: endpointCA.name, items: [{ key: endpointCA.key, path: "ca.crt" }] },
            },
          ],
    mounts: endpointCA === undefined ? [] : [{ name: "store-ca", mountPath: caFolder, readOnly: true }],
    secret,
  };
}

// It would list the bucket, or make it: neither is its business.
const noBucket = option("NO_CHECK_BUCKET", "true");

function gcsOptions({ googleCredentials }: StoreAccess["configuration"]): EnvVar[] {
  const key = googleCredentials?.applicationCredentials;
  return [
    option("TYPE", "google cloud storage"),
    key === undefined
      ? // The pod's own Google identity through the metadata server: no key anywhere.
        option("ENV_AUTH", "true")
      : secretOption("SERVICE_ACCOUNT_CREDENTIALS", key),
    // With uniform access there are no ACLs of objects, and asking for one is refused.
    option("BUCKET_POLICY_ONLY", "true"),
    noBucket,
  ];
}

function s3Options(
  { endpoint, region }: S3Place,
  { s3Credentials }: StoreAccess["configuration"],
  purpose: JobPurpose,
): EnvVar[] {
  const amazon = storeHost(endpoint) === "amazonaws.com";
  const { accessKeyId, secretAccessKey, sessionToken } = s3Credentials ?? {};
  return [
    option("TYPE", "s3"),
    // `Other` has the bucket in the path, as servers without a wildcard in their DNS need it.
    option("PROVIDER", amazon ? "AWS" : "Other"),
    ...(endpoint === undefined ? [] : [option("ENDPOINT", endpoint)]),
    option("REGION", region ?? defaults.S3StoreArgs.region),
    noBucket,
    // What was uploaded would be looked up, for which one has to be able to read it. The server compares an MD5 of every
    // part as it comes.
    ...(purpose === JobPurpose.Export ? [option("NO_HEAD", "true")] : []),
    ...(s3Credentials?.inheritFromIAMRole === true ? [option("ENV_AUTH", "true")] : []),
    ...(accessKeyId === undefined ? [] : [secretOption("ACCESS_KEY_ID", accessKeyId)]),
    ...(secretAccessKey === undefined ? [] : [secretOption("SECRET_ACCESS_KEY", secretAccessKey)]),
    ...(sessionToken === undefined ? [] : [secretOption("SESSION_TOKEN", sessionToken)]),
  ];
}

/** What {@link decideDumpStores} starts from. */
export interface DumpStoresGiven {
  /** `exports.s3`. */
  readonly s3: S3StoreArgs | undefined;
  readonly archive: S3Context;
  readonly bucket: string | undefined;
  readonly exportKeys: S3KeysArgs | undefined;
  readonly importKeys: S3KeysArgs | undefined;
  readonly profile: Profile;
  /** Whether any cluster exports. */
  readonly exporting: boolean;
  readonly imports: readonly ImportDumpArgs[];
}

/**
 * Decides where dumps go, and checks how exports get in.
 *
 * @param top where the keys are given
 * @param check where the store is
 */
export function decideDumpStores(
  top: Check,
  check: Check,
  given: DumpStoresGiven,
  names: S3Names,
): DumpStores {
  const { s3, profile, bucket } = given;
  const archive = given.archive.store;
  const store = s3 === undefined && archive === undefined ? undefined : completed(s3 ?? {}, archive);
  const exportKeys = checkKeys(
    top,
    given.exportKeys,
    names.exportKeys,
    store === undefined
      ? "remove it where dumps go to Cloud Storage: exports.s3 says a store for them"
      : undefined,
  );
  const reads = given.imports.some(({ from }) => inS3(from, store));
  const importKeys = checkKeys(
    top,
    given.importKeys,
    names.importKeys,
    reads ? undefined : "remove it where nothing is imported from S3: importDump.from.s3 says where from",
  );
  if (store !== undefined && (s3 !== undefined || given.exporting)) {
    const keysAre = both(names.exportKeys);
    checkS3(check.at("s3"), store, { profile, keys: exportKeys, keysAre, bucket, dumps: true });
    checkApart(check.at("s3"), store, archive);
  }
  return { profile, store, archive, exportKeys, importKeys, importKeysAre: both(names.importKeys) };
}

/** Whether a dump comes from S3: as it says, or from where dumps go. */
export function inS3(from: ImportDumpArgs["from"], store: S3StoreArgs | undefined): boolean {
  return from.s3 !== undefined || (store !== undefined && from.gcs === undefined);
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
