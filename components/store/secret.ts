import type { StoreSecretArgs } from "../args/s3";
import type { Check } from "../check";
import type { PlannedObject } from "../plan/object";
import type { StoreSecret } from "../plan/store";
import { notShown } from "../problems";
import { objectName, secretKeyName } from "../units";

/** What stands in a group of settings, without the values: one of them may be a key that was written in the wrong place. */
export function outline(settings: object | undefined): string[] | undefined {
  return settings && Object.keys(settings);
}

/** Checks the name of a Secret and of a key in it. */
export function checkStoreSecret(check: Check, { secret, key }: StoreSecretArgs): void {
  check.parse("secret", secret, objectName);
  const parsed = key === undefined ? undefined : secretKeyName(key);
  if (parsed?.ok === false) check.fail("key", notShown, parsed.allowed);
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
