import type { EnvVar } from "../plan/job";

/** An option of the remote is `RCLONE_CONFIG_STORE_<OPTION>` (rclone, "Environment Variables"). */
const optionName = (name: string): string => `RCLONE_CONFIG_STORE_${name}`;

/** An option of the remote `store:`. */
export const option = (name: string, value: string): EnvVar => ({ name: optionName(name), value });

/** One whose value a Secret has. */
export const secretOption = (
  name: string,
  from: { readonly name: string; readonly key: string },
): EnvVar => ({
  name: optionName(name),
  valueFrom: { secretKeyRef: { name: from.name, key: from.key } },
});

/** It would list the bucket, or make it: neither is its business. */
export const noBucket = option("NO_CHECK_BUCKET", "true");
