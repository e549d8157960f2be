import { BackupMethod } from "../args/backup";
import type { ClusterArgs } from "../args/cluster";
import type { Check } from "../check";
import { image as imageReference, objectName, type PostgresImage } from "../units";

/** Checks image and catalog; returns the Postgres major that they mean, if it can be told. */
export function checkImage(
  check: Check,
  args: ClusterArgs,
  method: BackupMethod,
  backups: boolean,
): number | undefined {
  const example = "such as ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
  if (args.image === undefined && args.imageCatalog === undefined) {
    check.fail(
      "image",
      undefined,
      `an image pinned to a minor version of Postgres, ${example}, or imageCatalog`,
    );
  }
  if (args.imageCatalog !== undefined) {
    check.require(
      args.image === undefined,
      "image",
      args.image,
      "remove it when imageCatalog is set: the catalog names the image",
    );
    check.parse("imageCatalog.name", args.imageCatalog.name, objectName);
  }
  const catalogMajor = check.integer("imageCatalog.major", args.imageCatalog?.major, 14, 18);
  const image = check.parse("image", args.image, imageReference);
  if (image === undefined) return catalogMajor;
  // In-tree archiving runs barman-cloud inside the Postgres container.
  const withoutBarman = image.flavour === "standard" || image.flavour === "minimal";
  check.require(
    !(backups && method === BackupMethod.InTree && withoutBarman),
    "image",
    image.text,
    "a system image (…-system-…) with backups.method inTree: this one carries no barman-cloud; or use method plugin",
  );
  return image.major;
}

/** CNPG's own image of Postgres, or a mirror of it; undefined for any other, of which nobody knows what is in it. */
export function officialImage(text: string | undefined): PostgresImage | undefined {
  const parsed = imageReference(text ?? "");
  const official = parsed.ok && /(^|\/)cloudnative-pg\/postgresql(-testing)?$/.test(parsed.value.repository);
  return official ? parsed.value : undefined;
}
