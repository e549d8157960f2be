import type { ClusterArgs } from "../args/cluster";
import { defaults } from "../args/defaults";
import type { ProfileDefaults } from "../args/profiles";
import { type Check, trusted } from "../check";
import type { Sizing } from "../plan/cluster";
import { formatBytes, formatPostgresMemory, parseCpu, parseSize, type Quantity } from "../units";
import type { ParameterServer } from "./parameterChecks";
import { decideParameters, walVolumeFactor } from "./parameters";

const GiB = 1024n * 1024n * 1024n;

/** Decides how large everything is; a value that could not be read is replaced by the profile's to find further problems. */
export function decideSizing(
  check: Check,
  args: ClusterArgs,
  profileDefaults: ProfileDefaults,
  server: ParameterServer,
): Sizing {
  const { memory, resources } = decideResources(check, args.resources, profileDefaults);
  const size = (path: string, text: string | undefined): Quantity | undefined =>
    check.parse(path, text, parseSize);
  const data =
    size("storage.size", args.storage?.size ?? profileDefaults.StorageArgs.size) ??
    trusted(parseSize, profileDefaults.StorageArgs.size);
  const ownWalVolume =
    args.walStorage?.enabled ??
    (args.walStorage?.size !== undefined || profileDefaults.WalStorageArgs.enabled);
  check.require(
    ownWalVolume || args.walStorage?.size === undefined,
    "walStorage.size",
    args.walStorage?.size,
    "remove it when walStorage.enabled is false",
  );
  check.require(
    ownWalVolume || args.walStorage?.storageClass === undefined,
    "walStorage.storageClass",
    args.walStorage?.storageClass,
    "remove it without a WAL volume: set walStorage.enabled to true",
  );
  const walSize = ownWalVolume ? size("walStorage.size", args.walStorage?.size) : undefined;

  const basis = ownWalVolume ? (walSize?.bytes() ?? defaultWalVolume(data.bytes())) : data.bytes();
  const walSegment =
    BigInt(Math.max(1, Math.trunc(args.initdb?.walSegmentSize ?? defaults.InitdbArgs.walSegmentSize))) *
    1024n *
    1024n;
  const parameters = decideParameters(check, args.parameters, {
    ...memory,
    walVolume: basis,
    ownWalVolume,
    walSegment,
    server,
  });
  const { maxWalSize } = parameters;
  const factor = ownWalVolume ? walVolumeFactor.own : walVolumeFactor.shared;
  // A WAL volume that nobody sized grows with the max_wal_size that somebody set.
  const wal = walSize?.bytes() ?? max(basis, roundUp(4n * maxWalSize, GiB));
  const holder = ownWalVolume ? wal : data.bytes();
  check.require(
    holder >= factor * maxWalSize,
    ownWalVolume ? "walStorage.size" : "storage.size",
    ownWalVolume ? (walSize?.text ?? formatBytes(wal)) : data.text,
    `at least ${factor} x max_wal_size (${formatBytes(factor * maxWalSize)}): WAL that is not archived yet, or that a replica ` +
      `still needs, comes on top of max_wal_size (${formatPostgresMemory(maxWalSize)}), and CNPG stops an instance whose disk is full`,
  );

  const storageClass = args.storage?.storageClass ?? profileDefaults.StorageArgs.storageClass;
  const resizeInUseVolumes = args.storage?.resizeInUseVolumes ?? defaults.StorageArgs.resizeInUseVolumes;
  return {
    storage: { size: data.text, storageClass, resizeInUseVolumes },
    walStorage: ownWalVolume
      ? {
          size: walSize?.text ?? formatBytes(wal),
          storageClass: args.walStorage?.storageClass ?? storageClass,
          resizeInUseVolumes,
        }
      : undefined,
    resources,
    parameters,
    archived: { volume: data.bytes(), walSegment },
    walVolume: holder,
  };
}

/** CPU and memory, and the memory in bytes and as it was asked for, if that could be read. */
function decideResources(check: Check, args: ClusterArgs["resources"], { ResourcesArgs }: ProfileDefaults) {
  const size = (path: string, text: string | undefined): Quantity | undefined =>
    check.parse(path, text, parseSize);
  const cpu = (path: string, text: string | undefined): Quantity | undefined =>
    check.parse(path, text, parseCpu);
  const readable = size("resources.memory", args?.memory ?? ResourcesArgs.memory);
  const memory = readable ?? trusted(parseSize, ResourcesArgs.memory);
  const cpuRequest =
    cpu("resources.cpu", args?.cpu ?? ResourcesArgs.cpu) ?? trusted(parseCpu, ResourcesArgs.cpu);
  const memoryLimit = size("resources.memoryLimit", args?.memoryLimit) ?? memory;
  const cpuLimit = cpu("resources.cpuLimit", args?.cpuLimit) ?? cpuRequest;
  check.require(
    memoryLimit.bytes() >= memory.bytes(),
    "resources.memoryLimit",
    memoryLimit.text,
    `at least the request (${memory.text})`,
  );
  check.require(
    cpuLimit.milli() >= cpuRequest.milli(),
    "resources.cpuLimit",
    cpuLimit.text,
    `at least the request (${cpuRequest.text})`,
  );
  return {
    memory: { memory: memory.bytes(), memoryText: readable?.text },
    resources: {
      requests: { cpu: cpuRequest.text, memory: memory.text },
      limits: { cpu: cpuLimit.text, memory: memoryLimit.text },
    },
  };
}

function defaultWalVolume(data: bigint): bigint {
  return max(roundUp(data / 5n, GiB), 2n * GiB);
}

function roundUp(value: bigint, unit: bigint): bigint {
  return ((value + unit - 1n) / unit) * unit;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
