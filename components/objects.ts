import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";

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
  /** Said in an update before it is made: what a person needs who waits for it. */
  readonly announce?: string;
}

/** What {@link declareObjects} needs to know of what was declared before. */
export interface Declared {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly parent: pulumi.Resource;
  /** By the keys that `after` names, and `namespace/<name>`. Every object that is declared is put in. */
  readonly known: Map<string, pulumi.Resource>;
  /** What those come after that come after nothing else. */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Declares objects in the order of their list. */
export function declareObjects(name: string, objects: readonly PlannedObject[], declared: Declared): void {
  const { known, parent } = declared;
  const cluster = known.get("cluster");
  for (const object of objects) {
    const { key, apiVersion, kind, body, annotations } = object;
    const namespace = object.namespace === undefined ? undefined : known.get(`namespace/${object.namespace}`);
    const resource = new CustomResource(
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
      },
      {
        parent,
        dependsOn: [
          ...(object.after.length === 0 ? (declared.dependsOn ?? []) : []),
          ...(namespace === undefined ? [] : [namespace]),
          ...object.after.map((earlier) => found(known, earlier, key)),
        ],
        ...(object.perLife === true &&
          cluster !== undefined && { replaceWith: [cluster], deleteBeforeReplace: true }),
        ...(object.announce !== undefined && {
          hooks: { beforeCreate: [announcement(`${name}/${key}`, object.announce)] },
        }),
        ...(object.waitSeconds !== undefined && {
          customTimeouts: { create: `${object.waitSeconds}s`, update: `${object.waitSeconds}s` },
        }),
      },
    );
    known.set(key, resource);
  }
}

function announcement(name: string, text: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`pulumi-cnpg-announce-${name}`, async () => {
    await pulumi.log.info(`${name}: ${text}`);
  });
}

function found(known: ReadonlyMap<string, pulumi.Resource>, earlier: string, key: string): pulumi.Resource {
  const resource = known.get(earlier);
  if (resource === undefined) throw new Error(`${key} is to come after ${earlier}, which is not there`);
  return resource;
}
