import type { ClusterArgs } from "../args/cluster";
import type { ManualBackupArgs } from "../args/manual";
import type { Check } from "../check";
import type { UpgradePlan } from "../plan/cluster";
import { image as imageReference } from "../units";

/** Name of the base backup that an upgrade ends with, among those on demand. */
const backupAfter = (major: number) => `pg${major}`;

/** Checks `upgrade`, and says what an upgrade may change. */
export function decideUpgrade(check: Check, args: ClusterArgs, major: number | undefined): UpgradePlan {
  const { upgrade = {} } = args;
  const at = check.at("upgrade");
  const fromMajor = at.integer("fromMajor", upgrade.fromMajor, 13, 17);
  if (fromMajor !== undefined && major !== undefined)
    at.require(
      fromMajor < major,
      "fromMajor",
      fromMajor,
      `less than the image's major (${major}): the version that the cluster ran before`,
    );
  const { reindexFor } = upgrade;
  if (reindexFor !== undefined) {
    const release = releaseOf(args.image);
    at.require(
      release === undefined || release === reindexFor,
      "reindexFor",
      reindexFor,
      `${release}, the Debian release of the image`,
    );
  }
  return {
    ...(fromMajor !== undefined && { fromMajor }),
    ...(reindexFor !== undefined && { reindexFor }),
    sortedByImage: sortedByImage(args),
  };
}

/**
 * What Barman's server name ends with after an upgrade: another major version writes a history of its own, which can't go on in
 * the archive of the one before (CNPG, "Offline in-place major upgrades").
 */
export function archiveSuffix({ fromMajor }: UpgradePlan, major: number | undefined): string {
  return fromMajor === undefined || major === undefined ? "" : `-pg${major}`;
}

/** Base backups on demand, with that of an upgrade: without it nothing of the new archive could be restored. */
export function withBackupAfter(
  manual: Readonly<Record<string, ManualBackupArgs>> | undefined,
  { fromMajor }: UpgradePlan,
  major: number | undefined,
): Readonly<Record<string, ManualBackupArgs>> | undefined {
  if (fromMajor === undefined || major === undefined) return manual;
  return { [backupAfter(major)]: { timeout: "24h" }, ...manual };
}

/** Debian release in an image's tag, such as `trixie`. */
export function releaseOf(image: string | undefined): string | undefined {
  const parsed = image === undefined ? undefined : imageReference(image);
  const tag = parsed?.ok === true ? parsed.value.text.replace(/@.*$/, "") : "";
  return /-(bullseye|bookworm|trixie|forky)(?=-|$)/.exec(tag)?.[1];
}

/** Locales of libc that sort by code point, whatever its version. */
const stable = /^(C|POSIX|C\.utf-?8)$/i;

function sortedByImage({
  initdb,
  databases,
  recoverFrom,
  baseBackupFrom,
  importFrom,
}: ClusterArgs): string[] {
  const origins = { recoverFrom, baseBackupFrom, importFrom };
  const unknown = Object.entries(origins).filter(([, origin]) => origin !== undefined);
  const { localeProvider = "libc", localeCollate, localeCType, icuLocale } = initdb ?? {};
  const locales = {
    ...(localeProvider === "icu" && { icuLocale }),
    ...(localeProvider === "libc" && { localeCollate, localeCType }),
  };
  const ofDatabases = Object.entries(databases ?? {}).flatMap(([name, { locale }]) =>
    locale === undefined || stable.test(locale) ? [] : [`databases.${name}.locale: ${locale}`],
  );
  return [
    ...Object.entries(locales).flatMap(([key, locale]) =>
      locale === undefined || stable.test(locale) ? [] : [`initdb.${key}: ${locale}`],
    ),
    ...ofDatabases,
    ...unknown.map(([name]) => `${name}, whose source may have any locale`),
  ];
}
