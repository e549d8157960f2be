import * as pulumi from "@pulumi/pulumi";
import type { PostgresPlatformArgs } from "../args/platform";
import { decidePlatform } from "../platform/decide";
import { shapedProblems } from "../shape";
import { installing } from "./installing";
import { declareAll } from "./resources";
import { watchingOf } from "./settled";

/**
 * What a Kubernetes cluster needs before it can have Postgres clusters, once for all of them: the CNPG operator and the Barman
 * Cloud plugin, pinned by digest, in the order in which they work; catalogs of images and storage classes.
 *
 * cert-manager has to be there, which makes the plugin's certificates.
 *
 * @example
 * const platform = new PostgresPlatform("gke", { profile: "prod", operator: { inheritedLabels: ["team"] } });
 *
 * @throws InvalidSettings with every problem, before anything is registered.
 */
export class PostgresPlatform extends pulumi.ComponentResource {
  /** Namespace of the operator and of the plugin. */
  public readonly namespace: pulumi.Output<string>;
  /** Version of the operator. */
  public readonly operatorVersion: pulumi.Output<string>;
  /** Version of the plugin; empty where it is not installed. */
  public readonly pluginVersion: pulumi.Output<string>;

  constructor(name: string, args: PostgresPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = shapedProblems("PostgresPlatform", name, args);
    const plan = decidePlatform(problems, "", args);
    problems.throwIfAny(`PostgresPlatform ${name}`);
    super("pulumi-cnpg:index:PostgresPlatform", name, {}, opts);
    const watching = watchingOf(this, args.kubeconfig);
    declareAll(plan.resources, { name, parent: this, known: new Map(), watching });
    installing().yes = true;
    this.namespace = pulumi.output(plan.namespace);
    this.operatorVersion = pulumi.output(plan.operatorVersion);
    this.pluginVersion = pulumi.output(plan.pluginVersion ?? "");
    this.registerOutputs({
      namespace: this.namespace,
      operatorVersion: this.operatorVersion,
      pluginVersion: this.pluginVersion,
    });
  }
}
