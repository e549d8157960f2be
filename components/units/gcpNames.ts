import { bad, good, matching, type Parsed } from "./parsed";

const ID = "[a-z][-a-z0-9]{4,28}[a-z0-9]";
const DOMAIN = "(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\\.)+[a-z](?:[-a-z0-9]*[a-z0-9])?";

const PROJECT_ID = new RegExp(`^(?:${DOMAIN}:)?${ID}$`);
const SERVICE_ACCOUNT_ID = new RegExp(`^${ID}$`);
// A project "example.com:my-project" appears in e-mails as "my-project.example.com".
const SERVICE_ACCOUNT_EMAIL = new RegExp(`^${ID}@${ID}(?:\\.${DOMAIN})?\\.iam\\.gserviceaccount\\.com$`);

/**
 * The id of a Google Cloud project: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen at the
 * end. Old ones that stand in a domain are accepted too ("example.com:my-project").
 */
export function gcpProjectId(text: string): Parsed<string> {
  return matching(
    text,
    PROJECT_ID,
    "a project id of 6 to 30 lower-case letters, digits and hyphens, starting with a letter and not ending with a " +
      'hyphen, such as "acme-prod" (the id, not the project\'s name or number)',
  );
}

/** The number that Google Cloud gives a project: digits only, at most 19 of them, no leading zero. */
export function projectNumber(text: string): Parsed<string> {
  return matching(text, /^[1-9][0-9]{0,18}$/, 'a project number, digits only, such as "123456789012"');
}

/** The id of a Google service account, the part before the "@": 6 to 30 characters of the same kind as a project id. */
export function serviceAccountId(text: string): Parsed<string> {
  return matching(
    text,
    SERVICE_ACCOUNT_ID,
    "a service account id of 6 to 30 lower-case letters, digits and hyphens, starting with a letter and not ending " +
      'with a hyphen, such as "orders-db-backup"',
  );
}

/**
 * The e-mail of a service account that somebody made: `<id>@<project>.iam.gserviceaccount.com`.
 *
 * Rejected: people and groups, and the accounts that Google makes (`…@developer.gserviceaccount.com`,
 * `…@appspot.gserviceaccount.com`, service agents), which have rights of their own and are no identity for a database.
 */
export function serviceAccountEmail(text: string): Parsed<string> {
  return matching(
    text,
    SERVICE_ACCOUNT_EMAIL,
    'the e-mail of a service account of your own, such as "orders-db@acme-prod.iam.gserviceaccount.com"',
  );
}

/**
 * One IAM member who may be granted something: a service account (also a Kubernetes one, as
 * `serviceAccount:<project>.svc.id.goog[<namespace>/<name>]`), a principal of a workload identity pool, a group or a user.
 *
 * Rejected: everybody (`allUsers`, `allAuthenticatedUsers`), whole domains and sets of principals.
 */
export function iamMember(text: string): Parsed<string> {
  return matching(
    text,
    /^((serviceAccount|group|user):[^\s:@]+@[^\s:@]+\.[^\s:@]+|serviceAccount:[^\s[\]]+\.svc\.id\.goog\[[^\s/[\]]+\/[^\s/[\]]+\]|principal:\/\/iam\.googleapis\.com\/\S+)$/,
    'one IAM member, such as "serviceAccount:cnpg-dev@acme-dev.iam.gserviceaccount.com"; never everybody',
  );
}

/** Google and its close misspellings: zeros for o, a one or an i for l, a three for e. */
const GOOGLE = /g[o0]{2}g[l1i][e3]/;

/**
 * The name of a Cloud Storage bucket, by https://cloud.google.com/storage/docs/buckets#naming: lower-case letters,
 * digits, "-", "_" and ".", a letter or digit at both ends, 3 to 63 characters; with dots up to 222, each part between
 * them at most 63.
 *
 * Rejected as well: IP addresses, names that start with "goog" or contain "google" or a close misspelling, and dots
 * beside each other or beside a hyphen, since a name with dots must be a domain name.
 */
export function bucketName(text: string): Parsed<string> {
  const allowed =
    'a bucket name of 3 to 63 lower-case letters, digits, "-", "_" and ".", with a letter or digit at each end, ' +
    'such as "acme-prod-postgres-backups"';
  if (!/^[a-z0-9][-_.a-z0-9]+[a-z0-9]$/.test(text)) return bad(allowed);
  const parts = text.split(".");
  if (text.length > 222 || parts.some((part) => part.length > 63)) {
    return bad(`${allowed} (with dots up to 222, each part at most 63)`);
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return bad(`${allowed}; an IP address is no bucket name`);
  if (/\.\.|\.-|-\./.test(text)) return bad(`${allowed}; a dot can't stand beside a dot or a hyphen`);
  if (text.startsWith("goog") || GOOGLE.test(text)) {
    return bad(`${allowed}; it can't start with "goog" or contain "google" or a close misspelling`);
  }
  return good(text);
}

/**
 * The path inside a bucket that backups are kept under: segments of letters, digits, ".", "_" and "-" joined by "/",
 * at most 512 characters.
 *
 * Rejected: the empty text, a "/" at either end or two in a row (they make other object names than they look like),
 * and the segments "." and "..".
 */
export function objectPrefix(text: string): Parsed<string> {
  const isSegment = (segment: string) => /^[A-Za-z0-9._-]+$/.test(segment) && !/^\.\.?$/.test(segment);
  if (text.length <= 512 && text.split("/").every(isSegment)) return good(text);
  return bad(
    'a path of letters, digits, ".", "_" and "-" with single slashes between, none at either end, at most 512 ' +
      'characters, such as "cnpg/orders-db"',
  );
}

/**
 * Where a bucket lives: a region (europe-west1), a multi-region (EU, US, ASIA) or a predefined dual-region (EUR4,
 * NAM4, ASIA1), in upper or lower case. The value is in upper case, as Cloud Storage reports it.
 *
 * Rejected: anything of another form, zones (europe-west1-b) too. Whether a region exists isn't checked, so that a new
 * one needs no new version of this package.
 */
export function bucketLocation(text: string): Parsed<string> {
  const allowed =
    'a region, multi-region or dual-region of Cloud Storage, such as "europe-west1", "EU" or "EUR4"';
  if (/^([a-z]+-[a-z]+[0-9]{1,2}|us|eu|asia|(nam|eur|asia)[0-9]{1,2})$/i.test(text)) {
    return good(text.toUpperCase());
  }
  return bad(/^[a-z]+-[a-z]+[0-9]+-[a-z]$/i.test(text) ? `${allowed}; leave out the zone's letter` : allowed);
}

function labelPart(text: string, pattern: RegExp, allowed: string): Parsed<string> {
  return Buffer.byteLength(text, "utf8") <= 128 ? matching(text, pattern, allowed) : bad(allowed);
}

/**
 * The key of a Google Cloud label: 1 to 63 lower-case letters (of any script), digits, "_" and "-", a letter first,
 * at most 128 bytes of UTF-8 (https://cloud.google.com/resource-manager/docs/labels-overview).
 */
export function gcpLabelKey(text: string): Parsed<string> {
  return labelPart(
    text,
    /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u,
    'a label key of at most 63 lower-case letters, digits, "_" and "-", starting with a letter, such as "team"',
  );
}

/** The value of a Google Cloud label: like a {@link gcpLabelKey}, but it may be empty and start with any of these. */
export function gcpLabelValue(text: string): Parsed<string> {
  return labelPart(
    text,
    /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
    'a label value of at most 63 lower-case letters, digits, "_" and "-", such as "payments"',
  );
}

/**
 * The full name of a Cloud KMS key: projects/P/locations/L/keyRings/R/cryptoKeys/K.
 *
 * Rejected: anything else, a key's version too, because a bucket takes the key and uses its primary version.
 */
export function kmsKeyName(text: string): Parsed<string> {
  const allowed =
    "a Cloud KMS key's full name, such as " +
    '"projects/acme-prod/locations/europe-west1/keyRings/postgres/cryptoKeys/backups"';
  const match =
    /^projects\/([^/]+)\/locations\/[a-z0-9]+(?:-[a-z0-9]+)*\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63}(\/.*)?$/.exec(
      text,
    );
  if (!match || !PROJECT_ID.test(match[1] ?? "")) return bad(allowed);
  if (match[2] === undefined) return good(text);
  return bad(
    match[2].startsWith("/cryptoKeyVersions/") ? `${allowed}; leave out the key's version` : allowed,
  );
}
