/** The kind of environment, which decides every default that is not written down. */
export const Profile = {
  /** One instance, short retention, everything can be deleted. */
  Dev: "dev",
  /** Two instances on two nodes, long retention, versioned and protected. */
  Prod: "prod",
} as const;
export type Profile = (typeof Profile)[keyof typeof Profile];

/**
 * What a profile stands for, by the interface and the field that it is the default of; each can be overridden where these say.
 * `npm run generate` puts the values into the `@default` of the field, and so into docs/configuration.md and messages.
 */
export interface ProfileDefaults {
  readonly ClusterArgs: { readonly instances: number; readonly protect: boolean };
  readonly PlacementArgs: { readonly antiAffinity: "required" | "preferred" };
  readonly ResourcesArgs: { readonly cpu: string; readonly memory: string };
  readonly StorageArgs: { readonly size: string; readonly storageClass: string };
  readonly WalStorageArgs: { readonly enabled: boolean };
  readonly PoolerArgs: { readonly instances: number };
  readonly BackupSettings: { readonly retention: string };
  readonly BucketSettings: {
    readonly versioning: boolean;
    readonly softDelete: string;
    readonly forceDestroy: boolean;
  };
}

/**
 * Pulumi's `protect` of what holds data; undefined: as of the component that it is in. False is only where somebody wrote it:
 * an explicit one would go over the `protect: true` of a program that protects its component.
 */
export type Protection = boolean | undefined;

/** As it is set, else as the profile has it. */
export function protection(set: boolean | undefined, { ClusterArgs }: ProfileDefaults): Protection {
  return set ?? (ClusterArgs.protect ? true : undefined);
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
    ClusterArgs: { instances: 1, protect: false },
    PlacementArgs: { antiAffinity: "preferred" },
    ResourcesArgs: { cpu: "500m", memory: "1Gi" },
    StorageArgs: { size: "10Gi", storageClass: "standard" },
    WalStorageArgs: { enabled: false },
    PoolerArgs: { instances: 1 },
    BackupSettings: { retention: "7d" },
    BucketSettings: { versioning: false, softDelete: "0d", forceDestroy: true },
  },
  prod: {
    ClusterArgs: { instances: 2, protect: true },
    PlacementArgs: { antiAffinity: "required" },
    ResourcesArgs: { cpu: "2", memory: "8Gi" },
    StorageArgs: { size: "100Gi", storageClass: "premium-rwo" },
    WalStorageArgs: { enabled: true },
    PoolerArgs: { instances: 2 },
    BackupSettings: { retention: "30d" },
    BucketSettings: { versioning: true, softDelete: "7d", forceDestroy: false },
  },
};
