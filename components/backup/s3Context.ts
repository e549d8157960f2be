import type { ClusterArgs } from "../args/cluster";
import type { Profile } from "../args/profiles";
import type { S3KeysArgs, S3StoreArgs } from "../args/s3";
import type { Check } from "../check";
import type { S3Context } from "../plan/backup";
import { notShown } from "../problems";
import { checkS3 } from "./s3";

type KeyNames = { readonly [K in keyof S3KeysArgs]: string };

/** What the settings of S3 are called where they are given. */
export interface S3Names {
  readonly store: string;
  readonly keys: KeyNames;
  readonly sourceKeys: KeyNames;
  readonly exportKeys: KeyNames;
  readonly importKeys: KeyNames;
}

/** In a stack's configuration, under `pulumi-cnpg:`. */
export const stackNames: S3Names = {
  store: "backups.s3",
  keys: { accessKeyId: "s3AccessKeyId", secretAccessKey: "s3SecretAccessKey" },
  sourceKeys: { accessKeyId: "s3SourceAccessKeyId", secretAccessKey: "s3SourceSecretAccessKey" },
  exportKeys: { accessKeyId: "s3ExportAccessKeyId", secretAccessKey: "s3ExportSecretAccessKey" },
  importKeys: { accessKeyId: "s3ImportAccessKeyId", secretAccessKey: "s3ImportSecretAccessKey" },
};

/** As arguments of a component that stands alone. */
export const argumentNames: S3Names = {
  store: "s3",
  keys: { accessKeyId: "s3Keys.accessKeyId", secretAccessKey: "s3Keys.secretAccessKey" },
  sourceKeys: { accessKeyId: "s3SourceKeys.accessKeyId", secretAccessKey: "s3SourceKeys.secretAccessKey" },
  exportKeys: { accessKeyId: "s3ExportKeys.accessKeyId", secretAccessKey: "s3ExportKeys.secretAccessKey" },
  importKeys: { accessKeyId: "s3ImportKeys.accessKeyId", secretAccessKey: "s3ImportKeys.secretAccessKey" },
};

/** What {@link decideS3} starts from. */
export interface S3Given {
  readonly store: S3StoreArgs | undefined;
  readonly keys: S3KeysArgs | undefined;
  readonly sourceKeys: S3KeysArgs | undefined;
  readonly bucket: string | undefined;
  readonly profile: Profile;
  readonly clusters: readonly Sourced[];
}

/** What of a cluster says where it comes from, or whom it follows. */
type Sourced = Pick<ClusterArgs, "recoverFrom" | "replica">;

/** Whether a cluster reads an archive in an S3-compatible store that is not its own. */
export function readsS3({ recoverFrom, replica }: Sourced): boolean {
  return (recoverFrom?.s3 ?? replica?.source?.s3) !== undefined;
}

/** Checks all that is said of S3 for every cluster, and makes of it what each cluster is told. */
export function decideS3(check: Check, given: S3Given, names: S3Names): S3Context {
  const { store, bucket, profile } = given;
  const recovered = given.clusters.some(readsS3);
  const keys = checkKeys(
    check,
    given.keys,
    names.keys,
    store === undefined ? `remove it without ${names.store}, whose keys they are` : undefined,
  );
  const sourceKeys = checkKeys(
    check,
    given.sourceKeys,
    names.sourceKeys,
    recovered ? undefined : "remove it where nothing has recoverFrom.s3, whose keys they are",
  );
  if (store !== undefined)
    checkS3(check.at(names.store), store, { profile, keys, keysAre: both(names.keys), bucket });
  return { store, keys, sourceKeys, sourceKeysAre: both(names.sourceKeys) };
}

/** What two keys are called, for a message. */
export const both = ({ accessKeyId, secretAccessKey }: KeyNames): string =>
  `${accessKeyId} and ${secretAccessKey}`;

/** The keys that a program has: both or none, and only where they are used. */
export function checkKeys(
  check: Check,
  keys: Partial<S3KeysArgs> | undefined,
  names: KeyNames,
  unused: string | undefined,
): S3KeysArgs | undefined {
  if (keys === undefined) return undefined;
  const { accessKeyId, secretAccessKey } = keys;
  const all = [
    ["accessKeyId", "secretAccessKey"],
    ["secretAccessKey", "accessKeyId"],
  ] as const;
  for (const [key, other] of all) {
    if (keys[key] === undefined && keys[other] !== undefined)
      check.fail(
        names[key],
        undefined,
        `needed with ${names[other]}; pulumi config set --secret ${names[key]}`,
      );
    if (keys[key] === "") check.fail(names[key], "", "a key: it is empty");
    if (keys[key] !== undefined && unused !== undefined) check.fail(names[key], notShown, unused);
  }
  return accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey };
}
