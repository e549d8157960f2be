import type { ImportDumpArgs } from "../args/export";
import type { Profile } from "../args/profiles";
import type { S3KeysArgs } from "../args/s3";
import type { Check } from "../check";
import type { DumpStore, DumpStores } from "../plan/dumps";
import type { Store, StoreAccess, StoreSettings } from "../plan/store";
import { kindOf, storeOf, writtenKind } from "../store";
import { checkKeys, type StoreNames } from "../store/context";
import type { StorePlace } from "../units/storePlace";

const caFolder = "/etc/store-ca";

/** What barman would be told of a store, as rclone takes it. */
export function dumpStore(
  { configuration: { endpointCA }, remote, annotations, secret }: StoreAccess,
  place: StorePlace,
): DumpStore {
  if (endpointCA === undefined) return { place, env: remote, annotations, volumes: [], mounts: [], secret };
  const name = "store-ca";
  const items = [{ key: endpointCA.key, path: "ca.crt" }];
  return {
    place,
    env: [...remote, { name: "RCLONE_CA_CERT", value: `${caFolder}/ca.crt` }],
    annotations,
    volumes: [{ name, secret: { secretName: endpointCA.name, items } }],
    mounts: [{ name, mountPath: caFolder, readOnly: true }],
    secret,
  };
}

/** What {@link decideDumpStores} starts from. */
export interface DumpStoresGiven {
  /** `exports`, which say the store. */
  readonly settings: StoreSettings;
  readonly archive: Store;
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
  names: StoreNames,
): DumpStores {
  const { settings, profile, bucket, archive } = given;
  const exportKeys = checkKeys(
    top,
    given.exportKeys,
    names.exportKeys,
    kindOf(settings, archive) === "s3"
      ? undefined
      : "remove it where dumps go to Cloud Storage: exports.s3 says a store for them",
  );
  const store = storeOf(settings, exportKeys, archive);
  const reads = given.imports.some(({ from }) => kindOf(from, store) === "s3");
  const importKeys = checkKeys(
    top,
    given.importKeys,
    names.importKeys,
    reads ? undefined : "remove it where nothing is imported from S3: importDump.from.s3 says where from",
  );
  if (writtenKind(settings) !== undefined || given.exporting)
    store.checkDumps(check, { profile, bucket, archive });
  return { profile, store, archive, importKeys };
}
