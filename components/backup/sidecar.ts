import type { BackupSettings, SidecarSettings } from "../args/backup";
import { defaults } from "../args/defaults";
import type { Check } from "../check";
import { formatBytes, parseCpu, parseSize } from "../units";
import { askedArchiveSize } from "./barmanArgs";

const MiB = 1024n * 1024n;
const GiB = 1024n * MiB;
const TiB = 1024n * GiB;

/** What is archived. */
export interface Archived {
  /** Size of the data volume, in bytes. */
  readonly volume: bigint;
  /** Size of a WAL file, in bytes. */
  readonly walSegment: bigint;
}

/** What Barman does here, as far as its needs follow from it. */
export interface SidecarNeeds extends Archived {
  readonly settings: BackupSettings;
  /** Size at which an archive ends that is staged on the node's disk; undefined where nothing of such a size is. */
  readonly staged: bigint | undefined;
}

/** The largest volume whose base backup the disk of a usual node takes as a whole, beside what else it holds. */
const smallVolume = 10n * GiB;

/** Where nobody says one: small enough for the disk of any node, and still a thousand archives for 2Ti at most. */
const defaultArchive = 2n * GiB;

/** The largest file that Postgres writes; Barman ends an archive only before the next file. */
const largestFile = GiB;

/** The instance manager in the same volume (`/controller`), and the logs of the pod's containers. */
const besides = GiB;

/**
 * The size at which Barman is to end an archive, in bytes; undefined leaves it to Barman (100 GB).
 *
 * Barman writes an archive for Cloud Storage to `/controller/backup`, on the node's disk, and sends it when it is whole
 * (barman `GoogleCloudInterface`: one part a file). For S3 it sends parts of 20 MB. So without a limit the disk has to take as
 * much as the database, up to 100 GB; beyond that the kubelet evicts the pod, and no base backup ever completes.
 */
export function archiveSize(settings: BackupSettings, volume: bigint, staged: boolean): bigint | undefined {
  return askedArchiveSize(settings) ?? (staged && volume > smallVolume ? defaultArchive : undefined);
}

/**
 * Requests and limits of the sidecar in an instance's pod.
 *
 * A memory request that is set is its own limit. An `ephemeral-storage` limit counts for all volumes of the pod on the node's
 * disk, not for the sidecar alone: it leaves room for a second archive, which a killed backup leaves behind.
 */
export function sidecarResources(needs: SidecarNeeds) {
  const derived = memory(needs);
  return resources(needs, derived / 2n, derived);
}

/**
 * Memory in the Job that restores, which is the only one that reads a source's ObjectStore. A restore of less than 1Gi of
 * data was seen to be OOM-killed at 512Mi, and nothing else runs in its pod.
 */
export function restoreResources(needs: SidecarNeeds) {
  const derived = memory(needs);
  return resources(needs, derived / 2n, max(GiB, derived));
}

function resources(needs: SidecarNeeds, memoryRequest: bigint, memoryLimit: bigint) {
  const { sidecar } = needs.settings;
  const request = sidecar?.memory ?? formatBytes(memoryRequest);
  const disk = ephemeral(needs);
  return {
    requests: {
      cpu: sidecar?.cpu ?? defaults.SidecarSettings.cpu,
      memory: request,
      ...(disk !== undefined && { "ephemeral-storage": disk.request }),
    },
    limits: {
      ...(sidecar?.cpuLimit !== undefined && { cpu: sidecar.cpuLimit }),
      memory: sidecar?.memoryLimit ?? (sidecar?.memory === undefined ? formatBytes(memoryLimit) : request),
      ...(disk !== undefined && { "ephemeral-storage": disk.limit }),
    },
  };
}

/**
 * Memory that the sidecar may take at most. Measured with barman 3.19 against an emulator: a base backup to Cloud Storage takes 280
 * MB with two jobs and 320 MB with eight, 100 MB of them for the part of an archive that is under way; a restore takes 100 MB, and
 * 140 MB from snappy. WAL is archived meanwhile, one process for each file, and what is kept of every file grows with the database.
 */
function memory({ settings, volume }: SidecarNeeds): bigint {
  const processes = BigInt(count(settings.dataJobs) + count(settings.walParallel));
  const files = volume > TiB / 4n ? 512n * MiB * ((volume + TiB - 1n) / TiB) : 0n;
  const limit = 256n * MiB + 64n * MiB * processes + compressor(settings.dataCompression) + files;
  return max(512n * MiB, limit);
}

/** What a compression needs beside its stream: a block that it works on. */
function compressor(compression: BackupSettings["dataCompression"]): bigint {
  if (compression === "snappy") return 64n * MiB;
  return compression === "bzip2" ? 16n * MiB : 0n;
}

/** A number of processes; one that is not well formed has been reported. */
function count(value: number | undefined): number {
  return value !== undefined && Number.isInteger(value) && value > 0 && value <= 64 ? value : 2;
}

/** Disk of the node, as request and limit; undefined where nothing needs more than there is without asking. */
function ephemeral({
  settings,
  staged,
  walSegment,
}: SidecarNeeds): { readonly request: string; readonly limit: string } | undefined {
  const { ephemeralStorage, ephemeralStorageLimit } = settings.sidecar ?? {};
  if (ephemeralStorage !== undefined)
    return { request: ephemeralStorage, limit: ephemeralStorageLimit ?? ephemeralStorage };
  if (staged === undefined) return undefined;
  const spool = roundUp(BigInt(count(settings.walParallel)) * walSegment, GiB) - GiB;
  const rest = besides + spool;
  const one = staged + largestFile;
  const request = formatBytes(roundUp(one + rest, MiB));
  return { request, limit: ephemeralStorageLimit ?? formatBytes(roundUp(2n * one + rest, MiB)) };
}

/** Checks the resources of a sidecar at the place where they were written. */
export function checkSidecar(check: Check, args: SidecarSettings): void {
  const cpu = check.parse("cpu", args.cpu ?? defaults.SidecarSettings.cpu, parseCpu);
  const cpuLimit = check.parse("cpuLimit", args.cpuLimit, parseCpu);
  if (cpu !== undefined && cpuLimit !== undefined) {
    check.require(
      cpuLimit.milli() >= cpu.milli(),
      "cpuLimit",
      cpuLimit.text,
      `at least the request (${cpu.text})`,
    );
  }
  checkLimit(check, args, "memory", "256Mi");
  checkLimit(check, args, "ephemeralStorage", undefined);
}

function checkLimit(
  check: Check,
  args: SidecarSettings,
  key: "memory" | "ephemeralStorage",
  byDefault: string | undefined,
): void {
  const limitKey = `${key}Limit` as const;
  const request = check.parse(key, args[key] ?? byDefault, parseSize);
  const limit = check.parse(limitKey, args[limitKey], parseSize);
  if (request === undefined || limit === undefined) return;
  const holds = limit.bytes() >= request.bytes();
  check.require(holds, limitKey, limit.text, `at least the request (${request.text})`);
}

/** Checks that what was asked for fits what is staged; both may stand in different places, so it is asked of the cluster's. */
export function checkStaged(check: Check, needs: SidecarNeeds): void {
  const { settings, staged } = needs;
  const limit = settings.sidecar?.ephemeralStorageLimit ?? settings.sidecar?.ephemeralStorage;
  const parsed = limit === undefined ? undefined : parseSize(limit);
  if (staged === undefined || !parsed?.ok) return;
  const needed = staged + largestFile + besides;
  const key =
    settings.sidecar?.ephemeralStorageLimit === undefined ? "ephemeralStorage" : "ephemeralStorageLimit";
  check
    .at("sidecar")
    .require(
      parsed.value.bytes() >= needed,
      key,
      limit,
      `at least ${formatBytes(needed)}: an archive of ${formatBytes(staged)} is staged on the node's disk with up to 1Gi of its last ` +
        "file, beside 1Gi of the pod's other files; or a smaller maxArchiveSize",
    );
}

function roundUp(value: bigint, unit: bigint): bigint {
  return ((value + unit - 1n) / unit) * unit;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
