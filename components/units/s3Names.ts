import { bad, good, matching, type Parsed } from "./parsed";

/**
 * The name of a bucket of an S3-compatible store: 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit at
 * each end, as S3 has it. A dot makes a name that no certificate covers, but old buckets have them.
 */
export function s3BucketName(text: string): Parsed<string> {
  const allowed =
    'the bare name of an S3 bucket, 3 to 63 lower-case letters, digits, "-" and ".", with a letter or digit at each end, ' +
    'such as "acme-postgres-backups"';
  if (!/^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/.test(text) || /\.\.|\.-|-\./.test(text)) return bad(allowed);
  return /^\d+\.\d+\.\d+\.\d+$/.test(text) ? bad(`${allowed}; an IP address is no bucket name`) : good(text);
}

/** A region of S3, or what a compatible server calls its own: `eu-west-1`, `us-east-1`, `auto`. */
export function s3Region(text: string): Parsed<string> {
  return matching(
    text,
    /^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$/,
    'the name of a region in lower-case letters, digits and hyphens, such as "eu-west-1"',
  );
}

/** The address of an S3-compatible server. */
export interface S3Endpoint {
  /** As written, without a slash at its end. */
  readonly url: string;
  /** In lower case, without the port. */
  readonly host: string;
  readonly tls: boolean;
}

/** The address of an S3-compatible server, as boto3 takes it: scheme, host and perhaps port, and neither path nor login. */
export function s3Endpoint(text: string): Parsed<S3Endpoint> {
  const allowed =
    'the address of an S3-compatible server with its scheme and without bucket or path, such as "https://minio.storage.svc:9000"';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\/[^/?#@\s]+\/?$/i.test(text)) return bad(allowed);
  const host = url.hostname.toLowerCase();
  if (host === "storage.googleapis.com")
    return bad(`${allowed}; Cloud Storage is reached without s3, by its own protocol and without keys`);
  return good({ url: text.replace(/\/$/, ""), host, tls: url.protocol === "https:" });
}

/** The ARN of an IAM role: `arn:aws:iam::123456789012:role/postgres-backups`. */
export function iamRoleArn(text: string): Parsed<string> {
  return matching(
    text,
    /^arn:aws[-a-z]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    'the ARN of an IAM role, such as "arn:aws:iam::123456789012:role/postgres-backups"',
  );
}

/** The name of a key in a Secret: 1 to 253 letters, digits, "-", "_" and ".". */
export function secretKeyName(text: string): Parsed<string> {
  const allowed =
    'the name under which the Secret has it, of letters, digits, "-", "_" and ".", such as "ACCESS_KEY_ID"';
  // A person who writes the key itself here would have it in a manifest in the open.
  if (/^A(KIA|SIA)[A-Z0-9]{12,}$/.test(text)) return bad(`${allowed}; this looks like an access key itself`);
  return matching(text, /^[-._a-zA-Z0-9]{1,253}$/, allowed);
}
