import type { Container, PodParts } from "../plan/job";
import type { PlannedObject } from "../plan/object";
import { derivedName, shortHash } from "../units";

/** Limits of a Job. */
export interface JobLimits {
  /** Seconds after which it is stopped and counts as failed, with all its tries. Default: 600. */
  readonly activeDeadlineSeconds?: number;
  /** Seconds that it stays after it has ended, for its log; `never`: it isn't cleared away. Default: 3600. */
  readonly ttlSecondsAfterFinished?: number | "never";
  /** How often a failed pod is followed by another. Default: 3. */
  readonly backoffLimit?: number;
  /** Whether its only try counts none that a drained or lost node ended. Default: no. */
  readonly ignoresDisruption?: boolean;
  /** Exit codes of a container after which no other pod is tried. Default: none. */
  readonly failAtOnceWith?: { readonly container?: string; readonly exitCodes: readonly number[] };
}

const defaults = { activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 3600, backoffLimit: 3 } as const;

/** User and group `postgres` of CNPG's images; files that a job writes belong to them. */
const postgresUser = 26;

/**
 * `spec` of a Job whose pod has no more rights than it needs: no token for the API server unless it
 * asks that, no root, no
 * capabilities, a read-only root file system (`/tmp` is its own), as the restricted Pod Security Standard asks.
 */
export function jobSpec(parts: PodParts, limits: JobLimits = {}) {
  const { serviceAccountName, labels, volumes = [] } = parts;
  const { failAtOnceWith, ignoresDisruption = false, ttlSecondsAfterFinished, ...numbers } = limits;
  const { ttlSecondsAfterFinished: ttl, ...others } = defaults;
  return {
    ...others,
    ...(ttlSecondsAfterFinished !== "never" && { ttlSecondsAfterFinished: ttlSecondsAfterFinished ?? ttl }),
    ...numbers,
    ...(ignoresDisruption && { podFailurePolicy: { rules: [ignoring] } }),
    ...(failAtOnceWith !== undefined && { podFailurePolicy: failing(failAtOnceWith) }),
    template: {
      ...(labels !== undefined && { metadata: { labels } }),
      spec: {
        restartPolicy: "Never",
        ...(serviceAccountName !== undefined && { serviceAccountName }),
        automountServiceAccountToken: parts.asksApiServer ?? false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: postgresUser,
          runAsGroup: postgresUser,
          fsGroup: postgresUser,
          seccompProfile: { type: "RuntimeDefault" },
        },
        ...(parts.initContainers !== undefined && { initContainers: parts.initContainers.map(hardened) }),
        containers: parts.containers.map(hardened),
        volumes: [...volumes, { name: "tmp", emptyDir: {} }],
      },
    },
  };
}

const ignoring = {
  action: "Ignore",
  onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
} as const;

function failing({ container, exitCodes }: NonNullable<JobLimits["failAtOnceWith"]>) {
  const onExitCodes = {
    ...(container !== undefined && { containerName: container }),
    operator: "In",
    values: [...exitCodes],
  };
  return { rules: [{ action: "FailJob", onExitCodes }] };
}

/** What {@link jobSpec} returns. */
export type JobSpec = ReturnType<typeof jobSpec>;

/** Enough for psql, and no more than a namespace with a quota lets in. */
const smallResources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } } as const;

function hardened(container: Container) {
  return {
    ...container,
    resources: container.resources ?? smallResources,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [...(container.volumeMounts ?? []), { name: "tmp", mountPath: "/tmp" }],
  };
}

/**
 * What has Pulumi's provider make a Job anew that failed, at the next update: a Job that ended is not tried again, so what it
 * waited for can be put right, and the update would fail all the same. For those that can be run twice.
 */
export const again = { "pulumi.com/replaceUnready": "true" } as const;

/** A Job that acts on a cluster once, in each of its generations, as soon as that and what it comes after are there. */
export function jobOnce(
  object: Pick<PlannedObject, "key" | "name" | "after">,
  spec: JobSpec,
  more: Partial<PlannedObject> = {},
): PlannedObject {
  const after = [...new Set(["cluster", ...object.after])];
  const kind = { apiVersion: "batch/v1", kind: "Job", perLife: true, waitSeconds: 660 };
  return { ...kind, ...object, body: { spec }, after, ...more };
}

/**
 * The name of a Job that has to run again when anything about it changes: a Job can't be changed, so the name tells one
 * content from another.
 *
 * @param content all that it depends on: its spec, and what it mounts
 */
export function jobName(cluster: string, what: string, ...content: readonly unknown[]): string {
  return derivedName([cluster, what, shortHash(JSON.stringify(content))], 63);
}
