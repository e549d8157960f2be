import { bad, good, type Parsed } from "./parsed";

/** The Postgres majors that CloudNativePG 1.30 supports. */
export const SUPPORTED_MAJORS: readonly number[] = [14, 15, 16, 17, 18];

/** What CloudNativePG puts into an image: minimal is Postgres alone, standard adds extensions, system barman. */
export type ImageFlavour = "standard" | "minimal" | "system";

/** A Postgres container image that is pinned to a minor version. */
export interface PostgresImage {
  /** As it was written: what goes into `spec.imageName`. */
  readonly text: string;
  /** Host and path, without tag and digest: "ghcr.io/cloudnative-pg/postgresql". */
  readonly repository: string;
  /** "17.6-standard-trixie". */
  readonly tag: string;
  /** "sha256:" and 64 hexadecimal digits; absent if the image isn't pinned by digest. */
  readonly digest?: string;
  /** 17 in 17.6. */
  readonly major: number;
  /** 6 in 17.6; absent where a digest pins an image whose tag has the major alone. */
  readonly minor?: number;
  /** Undefined where the tag doesn't name one, as in images of one's own. */
  readonly flavour: ImageFlavour | undefined;
  /** Whether the tag is a version alone ("17.6"): among CloudNativePG's own these are old images, no longer built. */
  readonly bare: boolean;
}

const EXAMPLE = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

const HOST = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/";
const COMPONENT = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^(?:${HOST})?${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const VERSION = /^([1-9][0-9]*)(?:\.(0|[1-9][0-9]*))?(?:-(.+))?$/;

/**
 * Reads a Postgres container image: `repository:MM.mm[-anything][@sha256:<64 hexadecimal digits>]`, with a major out of
 * {@link SUPPORTED_MAJORS}. The operator reads the version from the tag, so the tag must begin with it.
 *
 * Rejected: no tag, with or without a digest (the operator's webhook rejects it too: it couldn't see upgrades);
 * `latest`; a tag with a major alone ("17", "17-standard-trixie") and no digest, which the operator takes and which moves to
 * another minor version by itself; majors out of support, where the operator takes everything from 13.
 */
export function image(text: string): Parsed<PostgresImage> {
  const allowed = `an image pinned to a Postgres minor version, such as "${EXAMPLE}"`;
  const [name = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) {
    return bad(`${allowed}, and a digest, if any, as "@sha256:" and 64 lower-case hexadecimal digits`);
  }
  // A colon before a slash is that of the registry's port.
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (colon < 0) return bad(`${allowed}; the tag is missing, and the operator reads the version from it`);
  const repository = name.slice(0, colon);
  const tag = name.slice(colon + 1);
  if (!REPOSITORY.test(repository) || !TAG.test(tag)) return bad(allowed);
  const version = VERSION.exec(tag);
  if (version?.[1] === undefined || (version[2] === undefined && digest === undefined)) {
    const why = /^[0-9]+(-|$)/.test(tag)
      ? "a major version alone changes by itself"
      : "the tag must start with it";
    return bad(`${allowed}; ${why}`);
  }
  const [, majorText, minorText, rest] = version;
  const major = Number(majorText);
  if (!SUPPORTED_MAJORS.includes(major)) {
    return bad(`${allowed}; the supported majors are ${SUPPORTED_MAJORS.join(", ")}`);
  }
  const flavour = rest?.split("-").find(isFlavour);
  const parsed = {
    text,
    repository,
    tag,
    major,
    ...(minorText !== undefined && { minor: Number(minorText) }),
    flavour,
    bare: rest === undefined,
  };
  return good(digest === undefined ? parsed : { ...parsed, digest });
}

function isFlavour(word: string): word is ImageFlavour {
  return word === "standard" || word === "minimal" || word === "system";
}
