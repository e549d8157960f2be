import type { Check } from "../check";
import { bucketName, matching, objectPrefix, type Parsed } from "../units";
import type { ExportSettings } from "./args";
import type { ExportContext } from "./decide";
import { defaultRcloneImage } from "./rclone";

/** The folder of all exports in their bucket. */
export const defaultPrefix = "exports";

/** Checks the settings that all exports and imports share. */
export function decideExportSettings(
  check: Check,
  settings: ExportSettings | undefined,
  backupBucket: string | undefined,
): Omit<ExportContext, "accounts"> {
  const env = settings?.env ?? {};
  check.parse("bucket", settings?.bucket, bucketName);
  check.parse("image", settings?.image, pinnedImage);
  for (const name of Object.keys(env))
    check.require(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
      `env.${name}`,
      name,
      "a name of letters, digits and underscores",
    );
  return {
    bucket: settings?.bucket ?? backupBucket,
    prefix: check.parse("prefix", settings?.prefix, objectPrefix) ?? defaultPrefix,
    image: settings?.image ?? defaultRcloneImage,
    env,
  };
}

function pinnedImage(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9][a-z0-9./:_-]*(:(?!latest(@|$))[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
    `an image with rclone and a shell, pinned by tag or digest, such as ${defaultRcloneImage}`,
  );
}
