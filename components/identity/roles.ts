/**
 * What Barman needs on objects: get, list, create, delete (the last for retention). `objectUser` has these
 * and, unlike `objectAdmin`, can't change who has access.
 */
export const objectRole = "roles/storage.objectUser";

/**
 * What Barman needs on the bucket: `storage.buckets.get`, which no object role has. `barman-cloud-check-wal-archive`,
 * run before the first WAL is archived, fails without it. `legacyBucketReader` has it too, and lists the whole bucket, which no condition
 * can limit. It is granted on the bucket, never on the project;
 * the often-read advice of `roles/storage.admin` would let a database pod delete the bucket and give access away.
 */
export const bucketRole = "roles/storage.bucketViewer";

/**
 * What a restore needs: objects get and list, and nothing of the bucket (measured; `storage.buckets.get` is asked for
 * the clone's own archive only).
 */
export const readerRole = "roles/storage.objectViewer";

/** Lets a Kubernetes service account act as a Google one. */
export const workloadIdentityRole = "roles/iam.workloadIdentityUser";
