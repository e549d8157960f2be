import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { ExportSettings } from "../args/export";
import type { Check } from "../check";
import type { ExportContext } from "../plan/dumps";
import type { StoreNames } from "../store/context";
import { holdsKey, matching, objectPrefix, type Parsed } from "../units";
import { sameStore } from "../units/storePlace";
import { type DumpStoresGiven, decideDumpStores } from "./store";

/** What {@link decideExportSettings} has to know besides the settings. */
export interface ExportSettingsBasis extends Omit<DumpStoresGiven, "settings" | "bucket"> {
  /** What the settings are called where they are given. */
  readonly path: string;
  readonly names: StoreNames;
  readonly backupBucket: string | undefined;
}

/** What clusters have of dumps that decides about the stores of all of them. */
export function dumpsOf(
  clusters: readonly Pick<ClusterArgs, "exports" | "importDump">[],
): Pick<DumpStoresGiven, "exporting" | "imports"> {
  return {
    exporting: clusters.some(({ exports }) => Object.keys(exports ?? {}).length > 0),
    imports: clusters.flatMap(({ importDump }) => importDump ?? []),
  };
}

/** Checks the settings that all exports and imports share. */
export function decideExportSettings(
  top: Check,
  settings: ExportSettings | undefined,
  { path, names, backupBucket, ...basis }: ExportSettingsBasis,
): Omit<ExportContext, "accounts"> {
  const check = top.at(path);
  const env = settings?.env ?? {};
  const given = { ...basis, settings: settings ?? {}, bucket: settings?.bucket };
  const stores = decideDumpStores(top, check, given, names);
  const { store, archive } = stores;
  const besideBackups = sameStore(store.place, archive.place);
  check.parse("bucket", settings?.bucket, store.bucketName);
  check.parse("image", settings?.image, pinnedImage);
  for (const name of Object.keys(env))
    check.require(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
      `env.${name}`,
      name,
      "a name of letters, digits and underscores",
    );
  for (const name of Object.keys(env))
    check.require(
      !holdsKey(name),
      `env.${name}`,
      name,
      "remove it: a key would stand in the manifests in the open; s3.credentials names a Secret",
    );
  return {
    stores,
    bucket: settings?.bucket ?? (besideBackups ? backupBucket : undefined),
    prefix: check.parse("prefix", settings?.prefix, objectPrefix) ?? defaults.ExportSettings.prefix,
    image: settings?.image ?? defaults.ExportSettings.image,
    env,
  };
}

function pinnedImage(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9][a-z0-9./:_-]*(:(?!latest(@|$))[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
    `an image with rclone and a shell, pinned by tag or digest, such as ${defaults.ExportSettings.image}`,
  );
}
