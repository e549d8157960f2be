import { defaults } from "../args/defaults";
import type { PostgresPlatformArgs, StorageClassArgs } from "../args/platform";
import { Profile } from "../args/profiles";
import type { Check } from "../check";
import { objectName } from "../units";
import { SUPPORTED_MAJORS } from "../units/image";
import { type Mirrors, mirrored, platformImage } from "./images";
import type { ReleasedObject } from "./manifests";

/** What GKE's driver of persistent disks is told by default. */
const disk: Readonly<Record<Profile, string>> = { dev: "pd-balanced", prod: "pd-ssd" };

/** Catalogs of Postgres images, each with the major that its image is of. */
export function catalogs(
  check: Check,
  given: NonNullable<PostgresPlatformArgs["imageCatalogs"]>,
  profile: Profile,
  mirrors: Mirrors,
): ReleasedObject[] {
  return Object.entries(given).map(([name, { images }]) => {
    const at = check.at(name);
    check.parse(name, name, objectName);
    at.require(Object.keys(images).length > 0, "images", images, "at least one image");
    const listed = Object.entries(images).map(([major, image]) => {
      const known = at
        .at("images")
        .require(
          SUPPORTED_MAJORS.map(String).includes(major),
          major,
          major,
          `a major of Postgres: ${SUPPORTED_MAJORS.join(", ")}`,
        );
      const read = at.at("images").parse(major, image, platformImage(profile === Profile.Prod));
      const [, tag] = /:(\d+)[^/]*$/.exec(image.replace(/@.*$/, "")) ?? [];
      if (known && read !== undefined && tag !== undefined)
        at.at("images").require(
          tag === major,
          major,
          image,
          `an image of Postgres ${major}, and not of ${tag}`,
        );
      return { major: Number(major), image: mirrored(image, mirrors) };
    });
    return {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ClusterImageCatalog",
      metadata: { name },
      spec: { images: listed },
    };
  });
}

/** Storage classes: the volume is where the pod is, and can grow. */
export function storageClasses(
  check: Check,
  given: Readonly<Record<string, StorageClassArgs>>,
  profile: Profile,
): ReleasedObject[] {
  return Object.entries(given).map(([name, args]) => {
    check.parse(name, name, objectName);
    const persistentDisks = defaults.StorageClassArgs.provisioner;
    const { provisioner = persistentDisks, reclaimPolicy } = args;
    check
      .at(name)
      .require(
        /^[a-z0-9][a-z0-9./-]*$/.test(provisioner),
        "provisioner",
        provisioner,
        `a driver, such as ${persistentDisks}`,
      );
    const parameters = args.parameters ?? (provisioner === persistentDisks ? { type: disk[profile] } : {});
    return {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name },
      provisioner,
      parameters,
      reclaimPolicy: reclaimPolicy ?? (profile === Profile.Prod ? "Retain" : "Delete"),
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
    };
  });
}
