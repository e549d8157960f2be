import type { Fields } from "./mocks";

/** A request that the GCP provider would send. */
export interface GcpRequest {
  /** Message of the fixture that its body is, such as `storage.Bucket`. */
  readonly message: string;
  readonly body: Fields;
}

/**
 * What the real provider makes of the inputs of our resources: Terraform's google provider behind it builds these bodies
 * (resource_storage_bucket, resource_google_service_account, and the reading, changing and writing back of a policy for an
 * IAM member). Written down from its behaviour, for the inputs that we give and no others: another input fails here.
 */
export function requestOf(type: string, inputs: Fields): GcpRequest {
  switch (type) {
    case "gcp:storage/bucket:Bucket":
      return { message: "storage.Bucket", body: bucketBody(inputs) };
    case "gcp:serviceaccount/account:Account": {
      const { accountId, displayName, project: _, ...others } = inputs;
      none(type, others);
      return {
        message: "iam.CreateServiceAccountRequest",
        body: { accountId, serviceAccount: { displayName } },
      };
    }
    case "gcp:serviceaccount/iAMMember:IAMMember": {
      const { serviceAccountId: _, ...binding } = inputs;
      return { message: "iam.SetIamPolicyRequest", body: { policy: policyBody(type, binding) } };
    }
    case "gcp:storage/bucketIAMMember:BucketIAMMember": {
      const { bucket: _, ...binding } = inputs;
      return { message: "storage.Policy", body: policyBody(type, binding) };
    }
    default:
      throw new Error(`${type}: nobody has written down what the provider sends for it`);
  }
}

function bucketBody(inputs: Fields): Fields {
  const {
    name,
    project: _project,
    location,
    storageClass,
    labels,
    uniformBucketLevelAccess,
    publicAccessPrevention,
    forceDestroy: _forceDestroy,
    versioning,
    softDeletePolicy,
    lifecycleRules,
    encryption,
    ...others
  } = inputs;
  none("gcp:storage/bucket:Bucket", others);
  const { retentionDurationSeconds } = softDeletePolicy as { retentionDurationSeconds: number };
  return {
    name,
    location,
    storageClass,
    labels,
    versioning,
    iamConfiguration: {
      uniformBucketLevelAccess: { enabled: uniformBucketLevelAccess },
      publicAccessPrevention,
    },
    // An int64, which is a text in JSON.
    softDeletePolicy: { retentionDurationSeconds: String(retentionDurationSeconds) },
    lifecycle: { rule: (lifecycleRules as Fields[]).map(ruleBody) },
    ...(encryption !== undefined && { encryption }),
  };
}

function ruleBody({ action, condition }: Fields): Fields {
  const { withState, ...others } = condition as Fields;
  const states: Fields = { LIVE: true, ARCHIVED: false };
  if (withState !== undefined && !(String(withState) in states))
    throw new Error(`withState: ${withState} is neither LIVE nor ARCHIVED`);
  return {
    action,
    condition: { ...others, ...(withState !== undefined && { isLive: states[String(withState)] }) },
  };
}

function policyBody(type: string, { role, member, condition, ...others }: Fields): Fields {
  none(type, others);
  return {
    version: condition === undefined ? 1 : 3,
    bindings: [{ role, members: [member], ...(condition !== undefined && { condition }) }],
  };
}

function none(type: string, others: Fields): void {
  const keys = Object.keys(others);
  if (keys.length > 0)
    throw new Error(`${type}: nobody has written down what the provider does with ${keys.join(", ")}`);
}
