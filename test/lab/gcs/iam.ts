import { type Condition, listPrefixAttribute, parseCondition } from "./cel";
import type { Access } from "./permissions";

/** A role on a bucket: the inputs of a BucketIAMMember, known. */
export interface BucketBinding {
  readonly bucket: string;
  readonly role: string;
  readonly member: string;
  readonly condition?: { readonly expression: string } | undefined;
}

/** Says whether an access is allowed. */
export type Judge = (access: Access, time: Date) => boolean;

const readObjects = ["storage.objects.get", "storage.objects.list"];
const useObjects = [
  ...readObjects,
  "storage.objects.create",
  "storage.objects.delete",
  "storage.objects.update",
];

/**
 * The roles that are declared here, or named in our documentation, with those of their permissions that any call known
 * to {@link callOf} asks for. From "IAM roles for Cloud Storage".
 */
const rolePermissions: Readonly<Record<string, readonly string[]>> = {
  "roles/storage.objectViewer": readObjects,
  "roles/storage.objectCreator": ["storage.objects.create"],
  "roles/storage.objectUser": useObjects,
  "roles/storage.objectAdmin": [
    ...useObjects,
    "storage.objects.getIamPolicy",
    "storage.objects.setIamPolicy",
  ],
  "roles/storage.legacyObjectReader": ["storage.objects.get"],
  "roles/storage.legacyBucketReader": ["storage.buckets.get", "storage.objects.list"],
  "roles/storage.bucketViewer": ["storage.buckets.get", "storage.buckets.list"],
  "roles/storage.insightsCollectorService": ["storage.buckets.get", "storage.buckets.getObjectInsights"],
  "roles/storage.admin": [
    ...useObjects,
    "storage.objects.getIamPolicy",
    "storage.objects.setIamPolicy",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.list",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
  ],
};

/** What nobody is granted on a bucket: it is asked of the project. */
const askedOfTheProject = ["storage.buckets.create", "storage.buckets.list"];

/**
 * Judges as IAM would what `member` may do, from all roles that were granted on buckets; to whom it was not granted,
 * it is denied.
 *
 * @throws when a role or a condition is not known: an answer would be a guess
 */
export function iamJudge(bindings: readonly BucketBinding[], member: string): Judge {
  const own = bindings.filter((each) => each.member === member).map(compile);
  return (access, time) => own.some((grant) => grant(access, time));
}

function compile({ bucket, role, condition }: BucketBinding): Judge {
  const permissions = rolePermissions[role];
  if (permissions === undefined) throw new Error(`not known which permissions ${role} has`);
  const holds: Condition = condition === undefined ? () => true : parseCondition(condition.expression);
  return (access, time) =>
    access.bucket === bucket &&
    permissions.includes(access.permission) &&
    !askedOfTheProject.includes(access.permission) &&
    holds(contextOf(access, time));
}

/**
 * What a condition sees. A listing is asked of the bucket, so its resource name never starts with that of an object:
 * only the prefix that is asked for tells one listing from another.
 */
function contextOf({ bucket, object, prefix }: Access, time: Date) {
  const name = `projects/_/buckets/${bucket}`;
  return {
    resourceName: object === undefined ? name : `${name}/objects/${object}`,
    resourceType: `storage.googleapis.com/${object === undefined ? "Bucket" : "Object"}`,
    time,
    attributes: prefix === undefined ? {} : { [listPrefixAttribute]: prefix },
  };
}
