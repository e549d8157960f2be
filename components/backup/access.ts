import { defaults } from "../args/defaults";
import type { GcsSourceArgs, S3KeysArgs, S3StoreArgs } from "../args/s3";
import type { S3Context, StoreAccess, StoreSecret } from "../plan/backup";
import type { PlannedObject } from "../plan/object";
import type { S3Place } from "../units/location";

/** The annotation with which EKS gives a service account a role (IRSA). */
export const roleArnAnnotation = "eks.amazonaws.com/role-arn";

/** What a store is to a cluster: where it archives, what it is recovered from, or where dumps go or come from. Names the Secret. */
export type Purpose = "backup" | "source" | "export" | "import";

/** Name under which our own Secret has the region; the others are the defaults of one that exists. */
const regionKey = "AWS_REGION";

const regionVariable = "AWS_DEFAULT_REGION";

/**
 * From boto3 1.36 on every upload carries a checksum, and every download asks for one, that several S3-compatible servers
 * refuse (plugin-barman-cloud issue 393): then no WAL is archived. Amazon's own takes them.
 */
const checksums = {
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
} as const;

/** Google Cloud Storage: as the pod's own identity through the metadata server, with no key anywhere; or with a key file. */
export function gcsAccess({ credentials }: GcsSourceArgs = {}): StoreAccess {
  return {
    configuration: {
      googleCredentials:
        credentials === undefined
          ? { gkeEnvironment: true }
          : { applicationCredentials: { name: credentials.secret, key: credentials.key ?? "key.json" } },
    },
    env: {},
    annotations: {},
    secret: undefined,
  };
}

/**
 * An S3-compatible store. The region stands in the environment of the pod, which all stores of a cluster share; for a
 * source in another region than the cluster's own archive it stands in a Secret, from which barman takes it for this store alone.
 *
 * @param args checked settings
 * @param own the store that the cluster archives to, when this is another
 */
export function s3Access(
  args: S3StoreArgs,
  cluster: string,
  purpose: Purpose,
  keys: S3KeysArgs | undefined,
  own?: S3Place,
): StoreAccess {
  const { endpoint, region, credentials, endpointCA, roleArn } = args;
  const name = `${cluster}-${purpose}-s3`;
  const ofPod = args.inheritFromIAMRole === true;
  const ownRegion = !ofPod && own !== undefined && regionOf(own) !== regionOf(args);
  const made = {
    ...(credentials === undefined &&
      !ofPod &&
      keys !== undefined && {
        [defaults.S3CredentialsArgs.accessKeyId]: keys.accessKeyId,
        [defaults.S3CredentialsArgs.secretAccessKey]: keys.secretAccessKey,
      }),
    ...(ownRegion && { [regionKey]: regionOf(args) }),
  };
  const secret = credentials?.secret ?? name;
  return {
    configuration: {
      ...(endpoint !== undefined && { endpointURL: endpointUrl(endpoint) }),
      ...(endpointCA !== undefined && {
        endpointCA: { name: endpointCA.secret, key: endpointCA.key ?? "ca.crt" },
      }),
      s3Credentials: ofPod
        ? { inheritFromIAMRole: true }
        : {
            accessKeyId: {
              name: secret,
              key: credentials?.accessKeyId ?? defaults.S3CredentialsArgs.accessKeyId,
            },
            secretAccessKey: {
              name: secret,
              key: credentials?.secretAccessKey ?? defaults.S3CredentialsArgs.secretAccessKey,
            },
            ...(credentials?.sessionToken !== undefined && {
              sessionToken: { name: secret, key: credentials.sessionToken },
            }),
            ...(ownRegion && { region: { name, key: regionKey } }),
          },
    },
    env: {
      ...(region !== undefined && !ownRegion && { [regionVariable]: region }),
      ...(endpoint !== undefined && checksums),
    },
    annotations: roleArn === undefined ? {} : { [roleArnAnnotation]: roleArn },
    secret: Object.keys(made).length === 0 ? undefined : { suffix: `${purpose}-s3`, name, stringData: made },
  };
}

/**
 * The Secret with what a store needs.
 *
 * @param labels with that for a reload, an in-tree backup takes a changed key at once. The plugin reads the Secret each time
 */
export function storeSecret(
  { suffix, name, stringData }: StoreSecret,
  labels: Readonly<Record<string, string>>,
): PlannedObject {
  // Not below the cluster's name, where the Secrets of its roles are, which can have any name.
  const called = `-${suffix}`;
  const body = { type: "Opaque", stringData };
  return { key: suffix, called, apiVersion: "v1", kind: "Secret", name, labels, body, after: [] };
}

/** How a cluster gets into the store that it archives to. */
export function archiveAccess({ store, keys }: S3Context, cluster: string): StoreAccess {
  return store === undefined ? gcsAccess() : s3Access(store, cluster, "backup", keys);
}

/** Where an S3-compatible store is, from its settings. */
export function s3Place({ endpoint, region }: S3StoreArgs): S3Place {
  return { endpoint: endpoint === undefined ? undefined : endpointUrl(endpoint), region };
}

/** The region that boto3 works with. */
export function regionOf({ region }: { readonly region?: string | undefined }): string {
  return region ?? defaults.S3StoreArgs.region;
}

const endpointUrl = (text: string): string => text.replace(/\/$/, "");

/** Variables as a pod spec has them; what stands later goes over what stands before. */
export function environment(
  ...layers: readonly (Readonly<Record<string, string>> | undefined)[]
): { name: string; value: string }[] {
  return Object.entries(Object.assign({}, ...layers) as Record<string, string>).map(([name, value]) => ({
    name,
    value,
  }));
}
