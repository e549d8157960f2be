import type { ClusterArgs } from "../args/cluster";
import type { Profile } from "../args/profiles";
import type { S3KeysArgs } from "../args/s3";
import type { Check } from "../check";
import type { StoreContext } from "../plan/backup";
import type { ProgramKeys, StoreSettings } from "../plan/store";
import { notShown } from "../problems";
import { kindOf, storeOf } from ".";
import type { WrittenStore } from "./kind";

type KeyNames = { readonly [K in keyof S3KeysArgs]: string };

/** What settings of stores are called where they are given. */
export interface StoreNames {
  /** The group that has `s3`; empty for none. */
  readonly archive: string;
  readonly keys: KeyNames;
  readonly sourceKeys: KeyNames;
  readonly exportKeys: KeyNames;
  readonly importKeys: KeyNames;
}

/** In a stack's configuration, under `pulumi-cnpg:`. */
export const stackNames: StoreNames = {
  archive: "backups",
  keys: { accessKeyId: "s3AccessKeyId", secretAccessKey: "s3SecretAccessKey" },
  sourceKeys: { accessKeyId: "s3SourceAccessKeyId", secretAccessKey: "s3SourceSecretAccessKey" },
  exportKeys: { accessKeyId: "s3ExportAccessKeyId", secretAccessKey: "s3ExportSecretAccessKey" },
  importKeys: { accessKeyId: "s3ImportAccessKeyId", secretAccessKey: "s3ImportSecretAccessKey" },
};

/** As arguments of a component that stands alone. */
export const argumentNames: StoreNames = {
  archive: "",
  keys: { accessKeyId: "s3Keys.accessKeyId", secretAccessKey: "s3Keys.secretAccessKey" },
  sourceKeys: { accessKeyId: "s3SourceKeys.accessKeyId", secretAccessKey: "s3SourceKeys.secretAccessKey" },
  exportKeys: { accessKeyId: "s3ExportKeys.accessKeyId", secretAccessKey: "s3ExportKeys.secretAccessKey" },
  importKeys: { accessKeyId: "s3ImportKeys.accessKeyId", secretAccessKey: "s3ImportKeys.secretAccessKey" },
};

/** What {@link decideStores} starts from. */
export interface StoresGiven {
  /** Settings that say the store of the archives. */
  readonly store: StoreSettings;
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

/** Checks all that is said of stores for every cluster, and makes of it what each cluster is told. */
export function decideStores(
  check: Check,
  given: StoresGiven,
  names: StoreNames,
): StoreContext & { readonly archive: WrittenStore } {
  const { store, bucket, profile } = given;
  const recovered = given.clusters.some(readsS3);
  const at = names.archive === "" ? check : check.at(names.archive);
  const unused =
    kindOf(store) === "s3" ? undefined : `remove it without ${at.pathOf("s3")}, whose keys they are`;
  const keys = checkKeys(check, given.keys, names.keys, unused);
  const sourceKeys = checkKeys(
    check,
    given.sourceKeys,
    names.sourceKeys,
    recovered ? undefined : "remove it where nothing has recoverFrom.s3, whose keys they are",
  );
  const archive = storeOf(store, keys);
  archive.check(at, { profile, bucket });
  return { archive, sourceKeys };
}

/** The keys that a program has: both or none, and only where they are used. */
export function checkKeys(
  check: Check,
  keys: Partial<S3KeysArgs> | undefined,
  names: KeyNames,
  unused: string | undefined,
): ProgramKeys {
  const s3Are = `${names.accessKeyId} and ${names.secretAccessKey}`;
  if (keys === undefined) return { s3: undefined, s3Are };
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
  const whole = accessKeyId !== undefined && secretAccessKey !== undefined;
  return { s3: whole ? { accessKeyId, secretAccessKey } : undefined, s3Are };
}
