import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { getVersion } from "@pulumi/kubernetes/utilities";
import * as pulumi from "@pulumi/pulumi";
import type { Workload } from "./identity/workload";
import {
  advised,
  afterCluster,
  afterSettled,
  jobWatches,
  type Settled,
  type WatchedKind,
  type Watching,
  watchObjectOf,
} from "./watch";

/** A Kubernetes object of a cluster beside those that every cluster has, decided: all of it known at preview. */
export interface PlannedObject {
  /** What comes after the cluster's name in Pulumi's name of it, and how others say that they come after it. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Default: the cluster's. */
  readonly namespace?: string;
  /** Beside the cluster's own. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** All but `metadata`: `spec`, `data`, `rules`. */
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * What has to be there before: keys of objects that come earlier in the list, or `cluster`, `database/<name>`,
   * `secret/<role>`.
   */
  readonly after: readonly string[];
  /** Whether a new generation of the cluster needs it anew, as it acts on a cluster once. Default: `false`. */
  readonly perLife?: boolean;
  /** How long Pulumi waits until it is done, in seconds. Default: Pulumi's. */
  readonly waitSeconds?: number;
  /** Whether the program waits until CNPG has applied it, and as which kind. Default: it does not. */
  readonly watchedAs?: WatchedKind;
  /** Said in an update before it is made: what a person needs who waits for it. */
  readonly announce?: string;
  /** Whether its status is an output of the resource. Default: `false`. */
  readonly readsStatus?: boolean;
  /** Whether it does its work once, when it is made, so that what its spec would say later changes nothing. Default: `false`. */
  readonly once?: boolean;
  /** Whether another spec makes another object of the same name, since this one's can't change. Default: `false`. */
  readonly replacedOnChange?: boolean;
  /** A Kubernetes account that its pods run as: its grants come before, and are given time. Default: none. */
  readonly runsAs?: Workload;
}

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
