import * as pulumi from "@pulumi/pulumi";
import { Refused } from "../problems";

/** Options of a component, with what it depends on taken out. */
export interface SplitOptions {
  /** For the children that have to wait. */
  readonly dependsOn: pulumi.Resource[];
  /** For the component itself. */
  readonly rest: pulumi.ComponentResourceOptions;
}

/**
 * Takes `dependsOn` out of a component's options, to hand it to the children that need it. Pulumi makes a component
 * wait but does not record the dependency on its children, so a destroy could take a grant
 * away from under a cluster that still archives.
 *
 * @throws if it is an Output, which can't be known while children are declared.
 */
export function splitDependsOn(opts: pulumi.ComponentResourceOptions | undefined): SplitOptions {
  const { dependsOn, ...rest } = opts ?? {};
  if (dependsOn === undefined) return { dependsOn: [], rest };
  const list = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  const resources = list.filter((resource): resource is pulumi.Resource =>
    pulumi.Resource.isInstance(resource),
  );
  if (resources.length !== list.length) {
    throw new Refused("dependsOn: an Output is not allowed here: a resource, or a list of resources");
  }
  return { dependsOn: resources, rest };
}
