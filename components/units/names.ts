import { createHash } from "node:crypto";
import { bad, good, matching, type Parsed } from "./parsed";

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * The name of a CNPG Cluster: a DNS-1035 label (lower-case letters, digits and hyphens, a letter first, no hyphen at
 * the end, so no dots) of at most 50 characters, as the operator's webhook (`validateName`) wants it. The operator
 * names the Kubernetes service account after it.
 */
export function clusterName(text: string): Parsed<string> {
  const allowed =
    "a cluster name of at most 50 lower-case letters, digits and hyphens, starting with a letter and not ending " +
    'with a hyphen, such as "orders-db"';
  return text.length <= 50 ? matching(text, /^[a-z]([-a-z0-9]*[a-z0-9])?$/, allowed) : bad(allowed);
}

/** The name of a Kubernetes namespace: an RFC 1123 label of at most 63 characters. */
export function namespaceName(text: string): Parsed<string> {
  const allowed =
    "a namespace of at most 63 lower-case letters, digits and hyphens, not starting or ending with a hyphen, " +
    'such as "orders"';
  return text.length <= 63 ? matching(text, DNS_LABEL, allowed) : bad(allowed);
}

/** The name of most Kubernetes objects: an RFC 1123 subdomain, which is labels joined by dots, at most 253 characters. */
export function objectName(text: string): Parsed<string> {
  const isName = text.length <= 253 && text.split(".").every((label) => DNS_LABEL.test(label));
  if (isName) return good(text);
  return bad(
    "an object name of at most 253 lower-case letters, digits, hyphens and dots, with a letter or digit at each " +
      'end and on both sides of a dot, such as "orders-db-store"',
  );
}

/** The key of a Kubernetes label: an optional DNS name of up to 253 characters and a name of up to 63. */
export const labelKey =
  /^((?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The value of a Kubernetes label: at most 63 letters, digits, "-", "_" and ".", alphanumeric at both ends; or empty. */
export function labelValue(text: string): Parsed<string> {
  const allowed =
    'a label value of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at each end, such as "prod"';
  return text.length <= 63
    ? matching(text, /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, allowed)
    : bad(allowed);
}

function isPostgresIdentifier(text: string): boolean {
  const bytes = Buffer.byteLength(text, "utf8");
  // A lone surrogate has no UTF-8 form.
  return bytes >= 1 && bytes <= 63 && !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

/**
 * Any Postgres name, as it is inside double quotes: 1 to 63 bytes of UTF-8 (NAMEDATALEN - 1; Postgres would cut off
 * the rest without an error), any character but NUL. Case counts.
 */
export function postgresIdentifier(text: string): Parsed<string> {
  return isPostgresIdentifier(text) ? good(text) : bad('a Postgres name of 1 to 63 bytes, such as "orders"');
}

/**
 * The name of a role to create: a {@link postgresIdentifier} other than those that CloudNativePG keeps for itself
 * (`IsRoleReserved`: postgres, streaming_replica, cnpg_*, pg_*) and the two that no Postgres role can have
 * (public, none).
 */
export function roleName(text: string): Parsed<string> {
  const allowed = 'a role name of 1 to 63 bytes, such as "orders"';
  if (!isPostgresIdentifier(text)) return bad(allowed);
  if (/^(cnpg_|pg_)/.test(text)) return bad(`${allowed}; names starting with cnpg_ and pg_ are reserved`);
  if (/^(postgres|streaming_replica|public|none)$/.test(text)) {
    return bad(`${allowed}; postgres, streaming_replica, public and none are reserved`);
  }
  return good(text);
}

/**
 * The name of a database to create: a {@link postgresIdentifier} other than postgres, template0 and template1, which
 * always exist and which the Database CRD rejects.
 */
export function databaseName(text: string): Parsed<string> {
  const allowed = 'a database name of 1 to 63 bytes, such as "orders"';
  if (!isPostgresIdentifier(text)) return bad(allowed);
  if (/^(postgres|template0|template1)$/.test(text)) {
    return bad(`${allowed}; postgres, template0 and template1 are there already`);
  }
  return good(text);
}

/**
 * The name that barman keeps a server's backups under, one folder below the destination path: at most 128 letters,
 * digits, ".", "_" and "-", a letter or digit first, so that it can't be a path.
 */
export function serverName(text: string): Parsed<string> {
  const allowed =
    'a server name of at most 128 letters, digits, ".", "_" and "-", starting with a letter or digit, ' +
    'such as "orders-db"';
  return text.length <= 128 ? matching(text, /^[A-Za-z0-9][A-Za-z0-9._-]*$/, allowed) : bad(allowed);
}

const HASH_DIGITS = 6;

/** Six hexadecimal digits that stay the same for the same text (the first of its SHA-256), to tell cut names apart. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, HASH_DIGITS);
}

/**
 * What of a Postgres name can stand in a Kubernetes name; names that would meet (`a_b`, `a-b`) are kept apart by a hash.
 */
export function objectNamePart(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return plain === name ? plain : [plain, shortHash(name)].filter((part) => part !== "").join("-");
}

/**
 * Joins parts with "-" into a name of at most `max` characters. A name that would be longer is cut and ends in "-" and
 * six hexadecimal digits of a SHA-256 of all parts: the same parts always give the same name, different ones that
 * begin alike don't meet. The characters are the caller's business: of valid parts, each starting with a letter or
 * digit, it makes a valid name.
 *
 * @throws RangeError if `max` leaves no room for a character and the hash (less than 8).
 */
export function derivedName(parts: readonly string[], max: number): string {
  if (max < HASH_DIGITS + 2)
    throw new RangeError(`a derived name needs at least ${HASH_DIGITS + 2} characters`);
  const name = parts.join("-");
  if (name.length <= max) return name;
  const cut = name.slice(0, max - HASH_DIGITS - 1).replace(/[-._]+$/, "");
  // As JSON, because ["a-b", "c"] and ["a", "b-c"] are different parts.
  return `${cut}-${shortHash(JSON.stringify(parts))}`;
}
