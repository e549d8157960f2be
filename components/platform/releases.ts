/** A minor release of the CNPG operator. */
export interface OperatorRelease {
  /** Minor releases of Kubernetes that it is supported on. */
  readonly kubernetes: readonly string[];
  /** Those that it is tested on, and not supported. */
  readonly tested: readonly string[];
  /** The day after which it gets no more fixes, `2026-09-29`; a month, `2026-12`, where the day is not known yet. */
  readonly endOfLife: string;
}

/**
 * What goes with which operator, as CNPG's page of supported releases says (`supported_releases.md` of 1.30.1, of 23 September
 * 2026). Those before get no more fixes.
 */
export const operatorReleases: Readonly<Record<string, OperatorRelease>> = {
  "1.28": {
    kubernetes: ["1.32", "1.33", "1.34", "1.35"],
    tested: ["1.29", "1.30", "1.31"],
    endOfLife: "2026-06-30",
  },
  "1.29": {
    kubernetes: ["1.33", "1.34", "1.35"],
    tested: ["1.31", "1.32", "1.36", "1.37"],
    endOfLife: "2026-09-29",
  },
  "1.30": {
    kubernetes: ["1.34", "1.35", "1.36"],
    tested: ["1.31", "1.32", "1.33", "1.37"],
    endOfLife: "2026-12",
  },
};

/** The images of a release, each with the digest of its index for all architectures, as its registry has them. */
interface OperatorImages {
  readonly image: string;
}

/** Operators that a platform installs: with the manifests that are here. */
export const operatorVersions: Readonly<Record<string, OperatorImages>> = {
  "1.30.0": {
    image:
      "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0@sha256:a2701eb97cdd2a34b1fdb2cb51987f544b706e40bec72ae7146cd8580efefebb",
  },
  "1.30.1": {
    image:
      "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1@sha256:923c267ec29636db3bee20f993d0ec4973fa22998e1adad37da79e4d32b5bc07",
  },
};

/**
 * Plugins that a platform installs. The manifest of the plugin's tag, unlike the file of its release, has images of its main
 * branch; these are the release's.
 */
export const pluginVersions: Readonly<Record<string, OperatorImages & { readonly sidecarImage: string }>> = {
  "0.15.0": {
    image:
      "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.15.0@sha256:563c680fe7fda3466ca2b1f55a1397ed2ddc9e760360107dd7724f1959c1a536",
    sidecarImage:
      "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0@sha256:06c78deca670525daa35fb1e5323159092785d11cf87b86217bdd5c679a41a84",
  },
};

/** The first operator that the Barman Cloud plugin works with (its `installation` page). */
export const firstWithPlugin = "1.26";

/** The first operator without in-tree Barman Cloud: `spec.backup.barmanObjectStore`, of which its webhook has warned since 1.26. */
export const firstWithoutInTree = "1.31";

/** Major and minor release of a version, `1.30` of `v1.30.1-gke.5`; undefined of what is none. */
export function minorOf(version: string): string | undefined {
  const found = /^v?(\d+)\.(\d+)(?:[.+-]|$)/.exec(version);
  return found === null ? undefined : `${found[1]}.${found[2]}`;
}

/** Whether one minor release, such as `1.30`, is older than another one. */
export function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
