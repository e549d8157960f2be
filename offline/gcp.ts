import { keeping } from "./keeping";
import type { Properties } from "./provider";
import { serviceAccountEmail, stringOf } from "./wire";

/** What the stand-in knows of a type of resource: its inputs, those that it can't do without, and what follows from them. */
interface Kind {
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  readonly replaceOn: readonly string[];
  id(inputs: Properties): string;
  computed(inputs: Properties): Properties;
}

const iamMember = { required: ["role", "member"], replaceOn: ["role", "member", "condition"] } as const;

const kinds: Readonly<Record<string, Kind>> = {
  "gcp:storage/bucket:Bucket": {
    inputs: [
      "name",
      "project",
      "location",
      "storageClass",
      "uniformBucketLevelAccess",
      "publicAccessPrevention",
      "forceDestroy",
      "versioning",
      "softDeletePolicy",
      "lifecycleRules",
      "labels",
      "encryption",
      "customPlacementConfig",
      "retentionPolicy",
      "logging",
      "autoclass",
      "rpo",
    ],
    required: ["name", "location"],
    replaceOn: ["name", "location", "project"],
    id: (inputs) => stringOf(inputs.name),
    computed: (inputs) => ({ url: `gs://${stringOf(inputs.name)}` }),
  },
  "gcp:serviceaccount/account:Account": {
    inputs: ["accountId", "project", "displayName", "description", "disabled", "createIgnoreAlreadyExists"],
    required: ["accountId", "project"],
    replaceOn: ["accountId", "project"],
    id: (inputs) => `projects/${stringOf(inputs.project)}/serviceAccounts/${emailOf(inputs)}`,
    computed: (inputs) => ({
      email: emailOf(inputs),
      member: `serviceAccount:${emailOf(inputs)}`,
      name: `projects/${stringOf(inputs.project)}/serviceAccounts/${emailOf(inputs)}`,
    }),
  },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    inputs: ["serviceAccountId", "role", "member", "condition"],
    required: ["serviceAccountId", ...iamMember.required],
    replaceOn: ["serviceAccountId", ...iamMember.replaceOn],
    id: (inputs) => [inputs.serviceAccountId, inputs.role, inputs.member].map(stringOf).join("/"),
    computed: () => ({ etag: "offline" }),
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    inputs: ["bucket", "role", "member", "condition"],
    required: ["bucket", ...iamMember.required],
    replaceOn: ["bucket", ...iamMember.replaceOn],
    id: (inputs) => `b/${[inputs.bucket, inputs.role, inputs.member].map(stringOf).join("/")}`,
    computed: () => ({ etag: "offline" }),
  },
};

/** Stand-in for the GCP provider: buckets, service accounts and their IAM members; anything else is kept as it is. */
export const gcp = keeping({
  npmPackage: "@pulumi/gcp",
  check(type, inputs) {
    const kind = kinds[type];
    if (kind === undefined) return [];
    const unknown = Object.keys(inputs).filter((key) => key !== "__defaults" && !kind.inputs.includes(key));
    const missing = kind.required.filter((key) => inputs[key] === undefined);
    return [
      ...unknown.map((key) => `${key}: unknown input of ${type}`),
      ...missing.map((key) => `${key}: required, and missing`),
    ];
  },
  id: (type, inputs) => kinds[type]?.id(inputs) ?? `offline-${stringOf(inputs.name)}`,
  outputs: (type, inputs) => ({ ...inputs, ...kinds[type]?.computed(inputs) }),
  replaceOn: (type) => kinds[type]?.replaceOn ?? [],
});

function emailOf(inputs: Properties): string {
  return serviceAccountEmail(stringOf(inputs.accountId), stringOf(inputs.project));
}
