import type { DumpStore } from "../plan/dumps";
import type { Container, EnvVar, VolumeMount } from "../plan/job";
import type { DumpFolder } from "../units/dumpFolder";

/** Variables by which a job's scripts know where dumps are. */
export const folderVariable = "DUMP_FOLDER";
const remoteVariable = "DUMP_REMOTE";

/** A container that runs a script with rclone. */
export function rcloneContainer(basis: {
  readonly name: string;
  readonly image: string;
  readonly store: DumpStore;
  readonly folder: DumpFolder;
  readonly env: Readonly<Record<string, string>>;
  readonly own?: readonly EnvVar[];
  readonly script: string;
  readonly mounts: readonly VolumeMount[];
}): Container {
  const { folder, store } = basis;
  const settings: readonly EnvVar[] = [
    ...store.env,
    // Nothing is read from a file, and nothing kept in one.
    { name: "RCLONE_CONFIG", value: "/dev/null" },
    { name: "HOME", value: "/tmp" },
    ...Object.entries(basis.env).map(([name, value]) => ({ name, value })),
  ];
  return {
    name: basis.name,
    image: basis.image,
    command: ["/bin/sh", "-ceu"],
    args: [basis.script],
    env: [
      // What is said of a variable last is what it is.
      ...new Map(settings.map((each) => [each.name, each])).values(),
      { name: folderVariable, value: folder.url },
      { name: remoteVariable, value: `store:${folder.bucket}/${folder.prefix}` },
      ...(basis.own ?? []),
    ],
    volumeMounts: [...basis.mounts, ...store.mounts],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  };
}
