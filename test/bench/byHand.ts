import { Account } from "@pulumi/gcp/serviceaccount/account";
import { IAMMember } from "@pulumi/gcp/serviceaccount/iammember";
import { Bucket } from "@pulumi/gcp/storage/bucket";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/** A resource, written out: nothing about it is computed any more. */
export interface WrittenResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Keys of the resources that it depends on; they come before it. */
  readonly dependsOn: readonly string[];
  /** Key of the password whose value its inputs have where {@link passwordMark} stands. */
  readonly password?: string;
  readonly protect?: boolean;
  readonly replacementTrigger?: unknown;
  readonly deleteBeforeReplace?: boolean;
  /** Seconds, as the engine keeps them. */
  readonly customTimeouts?: Readonly<Record<string, number>>;
}

/** Stands where a written input has a generated password. */
export const passwordMark = "<password>";

/** What a resource is found by among those of one program: types and names are kept, parents are not. */
export function keyOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type}::${name}`;
}

type Make = (
  name: string,
  inputs: Record<string, unknown>,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const makers: Readonly<Record<string, Make>> = {
  "gcp:storage/bucket:Bucket": (name, inputs, opts) => new Bucket(name, inputs as never, opts),
  "gcp:serviceaccount/account:Account": (name, inputs, opts) => new Account(name, inputs as never, opts),
  "gcp:serviceaccount/iAMMember:IAMMember": (name, inputs, opts) =>
    new IAMMember(name, inputs as never, opts),
  "gcp:storage/bucketIAMMember:BucketIAMMember": (name, inputs, opts) =>
    new BucketIAMMember(name, inputs as never, opts),
  "kubernetes:core/v1:ConfigMap": (name, inputs, opts) => new ConfigMap(name, inputs, opts),
  "kubernetes:core/v1:Namespace": (name, inputs, opts) => new Namespace(name, inputs, opts),
  "kubernetes:core/v1:Secret": (name, inputs, opts) => new Secret(name, inputs, opts),
  "random:index/randomPassword:RandomPassword": (name, inputs, opts) =>
    new RandomPassword(name, inputs as never, opts),
};
const makeCustom: Make = (name, inputs, opts) => new CustomResource(name, inputs as never, opts);

/**
 * Declares the resources as somebody would who writes them out: flat, no components, no hooks, no checks, nothing
 * computed but the passwords.
 */
export function declareByHand(written: readonly WrittenResource[]): void {
  const declared = new Map<string, pulumi.CustomResource>();
  const find = (key: string): pulumi.CustomResource => {
    const resource = declared.get(key);
    if (resource === undefined) throw new Error(`${key} is needed before it is declared`);
    return resource;
  };
  for (const one of written) {
    const { replacementTrigger, deleteBeforeReplace, protect, customTimeouts } = one;
    const opts: pulumi.CustomResourceOptions = {
      dependsOn: one.dependsOn.map(find),
      ...(protect !== undefined && { protect }),
      ...(replacementTrigger !== undefined && { replacementTrigger }),
      ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
      ...(customTimeouts !== undefined && {
        customTimeouts: Object.fromEntries(
          Object.entries(customTimeouts).map(([key, seconds]) => [key, `${seconds}s`]),
        ),
      }),
    };
    const password = one.password === undefined ? undefined : (find(one.password) as RandomPassword).result;
    const inputs = (password === undefined ? one.inputs : fill(one.inputs, password)) as Record<
      string,
      unknown
    >;
    declared.set(keyOf(one), (makers[one.type] ?? makeCustom)(one.name, inputs, opts));
  }
}

/** Puts a password in where its mark stands. */
function fill(value: unknown, password: pulumi.Output<string>): unknown {
  if (value === passwordMark) return password;
  if (typeof value === "string")
    return value.includes(passwordMark)
      ? password.apply((text) => value.replaceAll(passwordMark, text))
      : value;
  if (Array.isArray(value)) return value.map((item) => fill(item, password));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, password)]));
}
