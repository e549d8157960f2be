import type {
  GcsSourceArgs,
  PostgresEnvironmentArgs,
  S3CredentialsArgs,
  S3KeysArgs,
  S3StoreArgs,
  StoreSecretArgs,
} from "../components/index";
import { type FieldsOf, flag, group, required, text } from "./shape";

const secretKey = (key: string, about: string) =>
  group<StoreSecretArgs>(
    {
      secret: required(text("Name of an existing Secret in the cluster's namespace."), "missing"),
      key: text(`Name under which it has it. Default: \`${key}\`.`),
    },
    about,
  );

/** An S3-compatible store, as `backups.s3`, `recoverFrom.s3`, `exports.s3` and `importDump.from.s3` have it. */
export const s3 = group<S3StoreArgs>({
  endpoint: text(
    "Address of the server, such as `https://minio.storage.svc:9000`; `http://` in dev, or to a Service (`….svc`). Default: Amazon S3.",
  ),
  region: text("Region of the bucket. Needed without `endpoint`. Default: `us-east-1`."),
  credentials: group<S3CredentialsArgs>(
    {
      secret: required(text("Name of an existing Secret in each cluster's namespace."), "missing"),
      accessKeyId: text("Name under which it has the access key's id. Default: `ACCESS_KEY_ID`."),
      secretAccessKey: text("Name under which it has the secret access key. Default: `ACCESS_SECRET_KEY`."),
      sessionToken: text("Name under which it has a session token. Default: none."),
    },
    "An existing Secret. One way in: this, `inheritFromIAMRole`, or keys in the stack's configuration.",
  ),
  inheritFromIAMRole: flag("Whether the pods' own IAM role opens the store. Default: `false`."),
  roleArn: text("ARN of that role with IRSA, which annotates the service account. Default: none."),
  endpointCA: secretKey("ca.crt", "Certificate authority of the server, if it is no public one."),
});

/** Google Cloud Storage, as `recoverFrom.gcs` and `importDump.from.gcs` have it. */
export const gcs = group<GcsSourceArgs>({
  credentials: secretKey(
    "key.json",
    "A key file of a Google service account, where pods have no Google identity. Default: the pods' own.",
  ),
});

/** Keys to stores, one setting each: `pulumi config set --secret` encrypts a setting. */
export interface StackKeys {
  s3AccessKeyId?: string;
  s3SecretAccessKey?: string;
  s3SourceAccessKeyId?: string;
  s3SourceSecretAccessKey?: string;
  s3ExportAccessKeyId?: string;
  s3ExportSecretAccessKey?: string;
  s3ImportAccessKeyId?: string;
  s3ImportSecretAccessKey?: string;
}

/** The arguments that are made of them. */
export const keyArguments = ["s3Keys", "s3SourceKeys", "s3ExportKeys", "s3ImportKeys"] as const;
type KeyArgument = (typeof keyArguments)[number];

/** Keys to stores, as far as they are there, as an environment takes them: that there are both is checked with all else. */
export function keysIn(settings: StackKeys): Pick<PostgresEnvironmentArgs, KeyArgument> {
  const pairs = keyArguments.flatMap((name): [KeyArgument, S3KeysArgs][] => {
    const before = name.replace(/Keys$/, "") as "s3";
    const accessKeyId = settings[`${before}AccessKeyId`];
    const secretAccessKey = settings[`${before}SecretAccessKey`];
    const keys = {
      ...(accessKeyId !== undefined && { accessKeyId }),
      ...(secretAccessKey !== undefined && { secretAccessKey }),
    };
    return Object.keys(keys).length === 0 ? [] : [[name, keys as S3KeysArgs]];
  });
  return Object.fromEntries(pairs);
}

/** Never printed, and never in the open in a stack file. */
export const secretSettings = [
  "s3AccessKeyId",
  "s3SecretAccessKey",
  "s3SourceAccessKeyId",
  "s3SourceSecretAccessKey",
  "s3ExportAccessKeyId",
  "s3ExportSecretAccessKey",
  "s3ImportAccessKeyId",
  "s3ImportSecretAccessKey",
] as const satisfies readonly (keyof StackKeys)[];

/** The settings of keys. */
export const keySettings: FieldsOf<StackKeys> = {
  s3AccessKeyId: text(
    "Id of the key to the store of `backups.s3`; with the next, in place of its `credentials`. Set both with `pulumi config set --secret`.",
  ),
  s3SecretAccessKey: text("The secret access key that goes with it."),
  s3SourceAccessKeyId: text("The same for the store of `recoverFrom.s3`; it should only be able to read."),
  s3SourceSecretAccessKey: text("The secret access key that goes with it."),
  s3ExportAccessKeyId: text(
    "The same for the store that dumps go to; it should only be able to create objects below `exports.prefix`.",
  ),
  s3ExportSecretAccessKey: text("The secret access key that goes with it."),
  s3ImportAccessKeyId: text(
    "The same for the store of `importDump.from.s3`; it should only be able to read.",
  ),
  s3ImportSecretAccessKey: text("The secret access key that goes with it."),
};
