import { BackupMethod } from "../backup/args";
import type { Check } from "../check";
import { image as imageReference, objectName } from "../units";
import type { ClusterArgs } from "./args";

/** Extensions that the `minimal` image does not carry (postgres-containers README). */
const notInMinimal = ["vector", "pgaudit", "pg_failover_slots"];

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
      "left out when imageCatalog is set: the catalog names the image",
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
  if (image.flavour === "minimal") checkMinimal(check, args);
  return image.major;
}

function checkMinimal(check: Check, args: ClusterArgs): void {
  for (const [name, database] of Object.entries(args.databases ?? {})) {
    for (const extension of database.extensions ?? []) {
      check.require(
        !notInMinimal.includes(extension),
        `databases.${name}.extensions`,
        extension,
        "left out, or a standard image: the minimal one does not carry it",
      );
    }
  }
}
