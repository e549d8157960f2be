/** A container image as CNPG reads it (github.com/cloudnative-pg/machinery, pkg/image/reference and pkg/postgres/version). */
export interface Image {
  readonly repository: string;
  /** Empty without one. */
  readonly tag: string;
  /** Empty without one. */
  readonly digest: string;
  /** Major version of Postgres, which CNPG takes from the start of the tag; undefined if it can't. */
  readonly major: number | undefined;
  /** Whether the tag stays with one release: a minor version, a pre-release, or a build's own version or date. */
  readonly pinned: boolean;
}

export function readImage(name: string): Image {
  const [, named = name, digest = ""] = /^(.*)@(sha256:[0-9a-fA-F]+)$/.exec(name) ?? [];
  const [, repository = named, tag = ""] = /^(.*):([^/]+)$/.exec(named) ?? [];
  const major = /^\d+/.exec(tag)?.[0];
  const pinned = digest !== "" || /^\d+(\.\d|(alpha|beta|rc)\d|-(.*[^\d])?(v?\d+\.\d|\d{6}))/.test(tag);
  return { repository, tag, digest, pinned, major: major === undefined ? undefined : Number(major) };
}

/** The Debian release that CNPG's tags name, such as `trixie`. */
export function debianReleaseOf({ tag }: Image): string | undefined {
  return /-(bullseye|bookworm|trixie|forky)(?=-|$)/.exec(tag)?.[1];
}

/** Whether an image is CNPG's own one of Postgres, or a mirror of it, whose tags say what is in it. */
export function isOfficialPostgres({ repository }: Image): boolean {
  return /(^|\/)cloudnative-pg\/postgresql(-testing)?$/.test(repository);
}
