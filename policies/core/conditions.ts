/** What a condition on a role leaves of a folder in a bucket. */
export interface Reach {
  /** Objects of the folder can be read, written and deleted. */
  readonly objects: boolean;
  /** They can be listed. */
  readonly list: boolean;
  /** Permissions on the bucket itself hold. */
  readonly bucket: boolean;
}

const everything: Reach = { objects: true, list: true, bucket: true };

/**
 * How far a condition lets a role reach into a folder such as `cnpg/orders-db/orders-db-g1/`. Only alternatives of
 * prefixes of names and of lists are understood; undefined for anything else.
 */
export function reachOf(condition: string, bucket: string, folder: string): Reach | undefined {
  if (condition.trim() === "") return everything;
  const reach = { objects: false, list: false, bucket: false };
  for (const clause of condition.split("||")) {
    const found = clauseReach(unwrapped(clause), bucket, folder);
    if (found === undefined) return undefined;
    reach.objects ||= found.objects;
    reach.list ||= found.list;
    reach.bucket ||= found.bucket;
  }
  return reach;
}

function clauseReach(clause: string, bucket: string, folder: string): Reach | undefined {
  const nothing: Reach = { objects: false, list: false, bucket: false };
  const [, name] = /^resource\.name\.startsWith\(\s*(["'][^"']*["'])\s*\)$/.exec(clause) ?? [];
  if (name !== undefined) {
    const whole = `projects/_/buckets/${bucket}`;
    const prefix = name.slice(1, -1);
    const onBucket = whole.startsWith(prefix);
    return { objects: `${whole}/objects/${folder}`.startsWith(prefix), list: onBucket, bucket: onBucket };
  }
  const [, exact] = /^resource\.name\s*==\s*(["'][^"']*["'])$/.exec(clause) ?? [];
  if (exact !== undefined) {
    const same = exact.slice(1, -1) === `projects/_/buckets/${bucket}`;
    return { ...nothing, list: same, bucket: same };
  }
  const [, listed] =
    /^api\.getAttribute\(\s*["']storage\.googleapis\.com\/objectListPrefix["']\s*,\s*["']["']\s*\)\.startsWith\(\s*(["'][^"']*["'])\s*\)$/.exec(
      clause,
    ) ?? [];
  if (listed !== undefined) return { ...nothing, list: folder.startsWith(listed.slice(1, -1)) };
  const [, type] =
    /^resource\.type\s*==\s*["']storage\.googleapis\.com\/(Bucket|Object)["']$/.exec(clause) ?? [];
  if (type !== undefined)
    return { objects: type === "Object", list: type === "Bucket", bucket: type === "Bucket" };
  return undefined;
}

/** Without white space and brackets around it. */
function unwrapped(clause: string): string {
  const text = clause.trim();
  return /^\((?:[^()]|\([^()]*\))*\)$/.test(text) ? unwrapped(text.slice(1, -1)) : text;
}

/** Prefixes of objects that a condition speaks of, for messages. */
export function prefixesIn(condition: string): string[] {
  return [...condition.matchAll(/projects\/_\/buckets\/[^"'/]+\/objects\/([^"']*)/g)].map(
    ([, prefix = ""]) => prefix,
  );
}
