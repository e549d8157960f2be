/** What an object store of Barman needs of Cloud Storage. */
export type Permission =
  | "storage.buckets.get"
  | "storage.objects.create"
  | "storage.objects.get"
  | "storage.objects.list"
  | "storage.objects.delete";

const all: readonly Permission[] = [
  "storage.buckets.get",
  "storage.objects.create",
  "storage.objects.get",
  "storage.objects.list",
  "storage.objects.delete",
];
const objects = all.slice(1);

const roles: Readonly<Record<string, readonly Permission[]>> = {
  "roles/owner": all,
  "roles/editor": all,
  "roles/storage.admin": all,
  "roles/storage.objectAdmin": objects,
  "roles/storage.objectUser": objects,
  "roles/storage.objectViewer": ["storage.objects.get", "storage.objects.list"],
  "roles/storage.objectCreator": ["storage.objects.create"],
  "roles/storage.bucketViewer": ["storage.buckets.get"],
  "roles/storage.legacyBucketReader": ["storage.buckets.get", "storage.objects.list"],
  "roles/storage.legacyBucketWriter": [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.objects.create",
    "storage.objects.delete",
  ],
  "roles/storage.legacyBucketOwner": [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.objects.create",
    "storage.objects.delete",
  ],
  "roles/storage.legacyObjectReader": ["storage.objects.get"],
  "roles/storage.legacyObjectOwner": ["storage.objects.get"],
  "roles/storage.hmacKeyAdmin": [],
};

/** What a role allows; everything for roles of one's own, which can't be looked into. Undefined if it is not known. */
export function permissionsOf(role: string): readonly Permission[] | undefined {
  const own = Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (own !== undefined) return own;
  if (/^(projects|organizations)\/[^/]+\/roles\//.test(role)) return all;
  // Of Cloud Storage's other roles nothing is claimed; those of other services have nothing to do with it.
  return /^roles\/(storage|viewer$|browser$|reader$|writer$|admin$)/.test(role) ? undefined : [];
}

/** Whether a role on a service account, or on its project, lets a workload take that account's tokens. */
export function letsImpersonate(role: string): boolean {
  return (
    ["roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator", "roles/owner"].includes(
      role,
    ) || /^(projects|organizations)\//.test(role)
  );
}
