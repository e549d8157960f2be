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

/** Storage classes are GKE's: `standard` (balanced price) and `premium-rwo` (SSD persistent disk). */
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
