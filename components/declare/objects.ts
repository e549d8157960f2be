import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { getVersion } from "@pulumi/kubernetes/utilities";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedObject } from "../plan/object";
import type { Workload } from "../units/workload";
import { advised } from "./advised";
import { jobWatches } from "./jobWatches";
import { afterCluster, afterSettled, type Settled, type Watching, watchObjectOf } from "./settled";

/** What {@link declareObjects} needs to know of what was declared before. */
export interface Declared {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly parent: pulumi.Resource;
  /** By the keys that `after` names, and `namespace/<name>`. Every object that is declared is put in. */
  readonly known: Map<string, pulumi.Resource>;
  /** By the same keys, of those that are watched: when they have taken effect. */
  readonly settled: Map<string, Settled>;
  readonly watching: Watching | undefined;
  /** What all of them come after. */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** What an account needs to be there, and the hook that gives it time to take effect. */
  readonly grants: (workload: Workload) => readonly pulumi.Resource[];
  readonly awaitGrants: () => pulumi.ResourceHook;
}

/** An object that was declared, with what its controller says of it. */
export interface WithStatus {
  readonly status: pulumi.Output<Readonly<Record<string, unknown>> | undefined>;
}

/** Declares objects in the order of their list. */
export function declareObjects(name: string, objects: readonly PlannedObject[], declared: Declared): void {
  const { known, parent } = declared;
  const cluster = known.get("cluster");
  for (const object of objects) {
    const { key, apiVersion, kind, body, annotations, runsAs } = object;
    const namespace = object.namespace === undefined ? undefined : known.get(`namespace/${object.namespace}`);
    const grants = runsAs === undefined ? [] : declared.grants(runsAs);
    const Kind = apiVersion.includes("/") ? CustomResource : CoreObject;
    const before = [
      ...(runsAs === undefined ? [] : [declared.awaitGrants()]),
      ...(kind === "Job" && declared.watching !== undefined ? [jobWatches(declared.watching).begin] : []),
      ...(object.announce === undefined ? [] : [announcement(`${name}/${key}`, object.announce)]),
    ];
    afterSettled(
      `${name}/${key}`,
      object.after.flatMap((earlier) => declared.settled.get(earlier) ?? []),
    );
    const resource = new Kind(
      `${name}/${key}`,
      {
        apiVersion,
        kind,
        metadata: {
          name: object.name,
          namespace: object.namespace ?? declared.namespace,
          labels: { ...declared.labels, ...object.labels },
          ...(annotations !== undefined && { annotations: { ...annotations } }),
        },
        ...body,
        // Without it the SDK would drop what the provider answers.
        ...(object.readsStatus === true && { status: undefined }),
      },
      {
        parent,
        dependsOn: [
          ...(declared.dependsOn ?? []),
          ...(namespace === undefined ? [] : [namespace]),
          ...object.after.map((earlier) => found(known, earlier, key)),
          ...grants,
        ],
        ...(object.once === true && { ignoreChanges: ["spec"] }),
        ...(object.replacedOnChange === true && { replaceOnChanges: ["spec"], deleteBeforeReplace: true }),
        hooks: advised(
          (cluster === undefined ? (hooks: pulumi.ResourceHookBinding) => hooks : afterCluster)(
            before.length > 0 ? { beforeCreate: before } : {},
          ),
        ),
        ...(object.perLife === true &&
          cluster !== undefined && { replaceWith: [cluster], deleteBeforeReplace: true }),
        ...(object.waitSeconds !== undefined && {
          customTimeouts: { create: `${object.waitSeconds}s`, update: `${object.waitSeconds}s` },
        }),
      },
    );
    known.set(key, resource);
    if (kind === "Job" && declared.watching !== undefined && resource instanceof CustomResource)
      jobWatches(declared.watching).endWith(resource, object.namespace ?? declared.namespace, object.name);
    const { watchedAs } = object;
    if (watchedAs !== undefined && declared.watching !== undefined && resource instanceof CustomResource) {
      const at = {
        namespace: object.namespace ?? declared.namespace,
        name: object.name,
        timeout: object.waitSeconds ?? 300,
      };
      const settled = watchObjectOf(resource, watchedAs, at, declared.watching);
      if (settled !== undefined) declared.settled.set(key, settled);
    }
  }
}

function announcement(name: string, text: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`pulumi-cnpg-announce-${name}`, async () => {
    await pulumi.log.info(`${name}: ${text}`);
  });
}

/**
 * An object of Kubernetes' core group. Its apiVersion is `v1` alone, but in Pulumi its type is `core/v1`, and Pulumi's provider
 * refuses a type without a group; `CustomResource` makes the type of the apiVersion as it is.
 */
class CoreObject extends pulumi.CustomResource {
  constructor(
    name: string,
    inputs: pulumi.Inputs & { readonly apiVersion: string; readonly kind: string },
    opts: pulumi.CustomResourceOptions,
  ) {
    const type = `kubernetes:core/${inputs.apiVersion}:${inputs.kind}`;
    super(type, name, inputs, { version: getVersion(), ...opts });
  }
}

function found(known: ReadonlyMap<string, pulumi.Resource>, earlier: string, key: string): pulumi.Resource {
  const resource = known.get(earlier);
  if (resource === undefined) throw new Error(`${key} is to come after ${earlier}, which is not there`);
  return resource;
}
