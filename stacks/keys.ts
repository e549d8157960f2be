import type { PostgresEnvironmentArgs, S3KeysArgs } from "../components/index";
import type { KeyArgument, StackKeys } from "./settings";

/** Keys to stores, as far as they are there, as an environment takes them: that there are both is checked with all else. */
export function keysIn(settings: StackKeys): Pick<PostgresEnvironmentArgs, KeyArgument> {
  const pairs = ["s3", "s3Source", "s3Export", "s3Import"].flatMap((before): [string, S3KeysArgs][] => {
    const accessKeyId = settings[`${before}AccessKeyId` as keyof StackKeys];
    const secretAccessKey = settings[`${before}SecretAccessKey` as keyof StackKeys];
    const keys = {
      ...(accessKeyId !== undefined && { accessKeyId }),
      ...(secretAccessKey !== undefined && { secretAccessKey }),
    };
    return Object.keys(keys).length === 0 ? [] : [[`${before}Keys`, keys as S3KeysArgs]];
  });
  return Object.fromEntries(pairs);
}

/** Whether a setting holds a key: such a value is text as it stands, is never printed, and never in the open in a stack file. */
export const isSecretSetting = (name: string): name is keyof StackKeys =>
  /^(s3(Source|Export|Import)?(AccessKeyId|SecretAccessKey)|imagePullConfig)$/.test(name);
