/** The kind of environment, which decides every default that is not written down. */
export const Profile = {
  /** One instance, short retention, everything can be deleted. */
  Dev: "dev",
  /** Two instances on two nodes, long retention, versioned and protected. */
  Prod: "prod",
} as const;
export type Profile = (typeof Profile)[keyof typeof Profile];

/** What a profile stands for; each value can be overridden where its name says. */
export interface ProfileDefaults {
  readonly instances: number;
  readonly antiAffinity: "required" | "preferred";
  readonly cpu: string;
  readonly memory: string;
  readonly storageSize: string;
  readonly storageClass: string;
  /** Whether WAL has a volume of its own. */
  readonly walVolume: boolean;
  readonly retention: string;
  readonly versioning: boolean;
  readonly forceDestroy: boolean;
  readonly protect: boolean;
  /** Google's soft delete of bucket objects: off, or 7 to 90 days. */
  readonly softDelete: string;
}

/**
 * Pulumi's `protect` of what holds data; undefined: as of the component that it is in. False is only where somebody wrote it:
 * an explicit one would go over the `protect: true` of a program that protects its component.
 */
export type Protection = boolean | undefined;

/** As it is set, else as the profile has it. */
export function protection(set: boolean | undefined, { protect }: ProfileDefaults): Protection {
  return set ?? (protect ? true : undefined);
}

/** The protection of what several have in common. */
export function strongest(each: readonly Protection[]): Protection {
  if (each.includes(true)) return true;
  return each.includes(undefined) ? undefined : false;
}

/**
 * Storage classes are GKE's: `standard` (pd-standard, a magnetic disk, in a zone that is chosen before the pod's node is) and
 * `premium-rwo` (SSD, where the pod is). `standard-rwo`, the balanced disk, would suit dev better, but a live cluster's class can't
 * change, and a default that did would have every one of them refused: new clusters can name it.
 */
export const profiles: Readonly<Record<Profile, ProfileDefaults>> = {
  dev: {
    instances: 1,
    antiAffinity: "preferred",
    cpu: "500m",
    memory: "1Gi",
    storageSize: "10Gi",
    storageClass: "standard",
    walVolume: false,
    retention: "7d",
    versioning: false,
    forceDestroy: true,
    protect: false,
    softDelete: "0d",
  },
  prod: {
    instances: 2,
    antiAffinity: "required",
    cpu: "2",
    memory: "8Gi",
    storageSize: "100Gi",
    storageClass: "premium-rwo",
    walVolume: true,
    retention: "30d",
    versioning: true,
    forceDestroy: false,
    protect: true,
    softDelete: "7d",
  },
};
