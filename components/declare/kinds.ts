import { getVersion } from "@pulumi/kubernetes/utilities";
import * as pulumi from "@pulumi/pulumi";

type Inputs = Readonly<Record<string, unknown>>;

/** Makes a resource of a kind. */
export type Make = (name: string, inputs: Inputs, opts: pulumi.CustomResourceOptions) => pulumi.Resource;

type Class = new (name: string, inputs: never, opts: pulumi.CustomResourceOptions) => pulumi.Resource;

/**
 * Kinds that the SDKs know more of than their type: what of them is secret, and under which types they were before. They are
 * required: with an import the compiler reads the types of all of Google's and Kubernetes' resources, 390,000 lines.
 */
const classes: Readonly<Record<string, Class>> = {
  "gcp:storage/bucket:Bucket": require("@pulumi/gcp/storage/bucket").Bucket,
  "gcp:storage/bucketIAMMember:BucketIAMMember": require("@pulumi/gcp/storage/bucketIAMMember")
    .BucketIAMMember,
  "gcp:serviceaccount/account:Account": require("@pulumi/gcp/serviceaccount/account").Account,
  "gcp:serviceaccount/iAMMember:IAMMember": require("@pulumi/gcp/serviceaccount/iammember").IAMMember,
  "kubernetes:core/v1:Secret": require("@pulumi/kubernetes/core/v1/secret").Secret,
  "random:index/randomPassword:RandomPassword": require("@pulumi/random/randomPassword").RandomPassword,
};

/** Any object of Kubernetes: the SDK's own classes differ by their types only, and each would have to be loaded. */
class KubernetesObject extends pulumi.CustomResource {
  constructor(type: string, name: string, inputs: Inputs, opts: pulumi.CustomResourceOptions) {
    super(type, name, { ...inputs }, { version: getVersion(), ...opts });
  }
}

/** A component that is part of another one; its inputs are its outputs. */
class Part extends pulumi.ComponentResource {
  constructor(type: string, name: string, outputs: Inputs, opts: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.registerOutputs({ ...outputs });
  }
}

/** How resources of a type are made. */
export function kindOf(type: string): Make {
  const Known = classes[type];
  if (Known !== undefined) return (name, inputs, opts) => new Known(name, inputs as never, opts);
  if (type.startsWith("kubernetes:"))
    return (name, inputs, opts) => new KubernetesObject(type, name, inputs, opts);
  if (type.startsWith("pulumi-cnpg:")) return (name, inputs, opts) => new Part(type, name, inputs, opts);
  throw new Error(`nothing here declares ${type}`);
}
