import { rawOf } from "../pulumi";
import { type SecretsOf, secretsIn } from "../wire";

/** The SDK's reading of a message: what it hands policies, unwrapped of secrets. */
type Deserialize = (struct: object, keepSecrets: boolean) => Record<string, unknown>;

interface Struct {
  toJavaScript(): unknown;
}

/**
 * Makes the SDK read each resource once, and not once for each of a hundred policies.
 * Policies of this pack change nothing of what they are given, so they can share it.
 *
 * @returns what tells the secrets in something that was read
 */
export function readOnce(): SecretsOf {
  const sdk: { deserializeProperties: Deserialize } = require("@pulumi/policy/deserialize");
  const original = sdk.deserializeProperties;
  const read = new WeakMap<object, Record<string, unknown>>();
  const written = new WeakMap<object, Struct>();
  sdk.deserializeProperties = (struct, keepSecrets) => {
    if (keepSecrets) return original(struct, keepSecrets);
    let found = read.get(struct);
    if (found === undefined) {
      found = original(struct, keepSecrets);
      read.set(struct, found);
      written.set(found, struct as Struct);
    }
    return found;
  };
  return (resource) => secretsIn(written.get(rawOf(resource))?.toJavaScript());
}
