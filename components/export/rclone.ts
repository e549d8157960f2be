import type { Container, EnvVar, VolumeMount } from "../jobs/types";
import type { DumpFolder } from "./folder";

/**
 * rclone, which carries a dump to the bucket and from there: of the tools that speak Cloud Storage it is the one that
 * also speaks S3, takes all its settings from the environment, compares checksums after every transfer, and needs no
 * more rights than the transfer itself. Its image is Alpine's, with a shell.
 */
export const defaultRcloneImage = "docker.io/rclone/rclone:1.71.2";

/** A remote `store:` in rclone's environment. An option is `RCLONE_CONFIG_STORE_<OPTION>` (rclone, "Environment Variables"). */
const option = (name: string, value: string): readonly [string, string] => [
  `RCLONE_CONFIG_STORE_${name}`,
  value,
];

/** How rclone reaches the store that a folder is in. */
export function storeOptions(_folder: DumpFolder): ReadonlyMap<string, string> {
  return new Map([
    option("TYPE", "google cloud storage"),
    // The pod's own Google identity through the metadata server: no key anywhere.
    option("ENV_AUTH", "true"),
    // With uniform access there are no ACLs of objects, and asking for one is refused.
    option("BUCKET_POLICY_ONLY", "true"),
    // It would list the bucket, or make it: neither is its business.
    option("NO_CHECK_BUCKET", "true"),
  ]);
}

/** Variables by which a job's scripts know where dumps are. */
export const folderVariable = "DUMP_FOLDER";
const remoteVariable = "DUMP_REMOTE";

/** A container that runs a script with rclone. */
export function rcloneContainer(basis: {
  readonly name: string;
  readonly image: string;
  readonly folder: DumpFolder;
  readonly env: Readonly<Record<string, string>>;
  readonly own?: readonly EnvVar[];
  readonly script: string;
  readonly mounts: readonly VolumeMount[];
}): Container {
  const { folder } = basis;
  const settings = new Map([
    ...storeOptions(folder),
    // Nothing is read from a file, and nothing kept in one.
    ["RCLONE_CONFIG", "/dev/null"],
    ["HOME", "/tmp"],
    ...Object.entries(basis.env),
  ]);
  return {
    name: basis.name,
    image: basis.image,
    command: ["/bin/sh", "-ceu"],
    args: [basis.script],
    env: [
      ...[...settings].map(([name, value]) => ({ name, value })),
      { name: folderVariable, value: folder.url },
      { name: remoteVariable, value: `store:${folder.bucket}/${folder.prefix}` },
      ...(basis.own ?? []),
    ],
    volumeMounts: [...basis.mounts],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  };
}
