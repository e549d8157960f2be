import type { Protection } from "../args/profiles";
import { kubernetesType } from "../cluster/resourceOf";
import type { PlannedResource } from "../plan/object";
import type { ReleasedObject } from "./manifests";

/** What is made of a platform, in groups: each after those before it. */
export interface PlatformObjects {
  /** Absent where somebody else makes it. */
  readonly namespace: ReleasedObject | undefined;
  readonly pullSecret: ReleasedObject | undefined;
  readonly operator: readonly ReleasedObject[];
  readonly plugin: readonly ReleasedObject[];
  /** Objects of the operator's kinds, and storage classes. */
  readonly more: readonly ReleasedObject[];
}

const isDefinition = ({ kind }: ReleasedObject) => kind === "CustomResourceDefinition";
const isDeployment = ({ kind }: ReleasedObject) => kind === "Deployment";
/** Pulumi's provider waits for endpoints of a Service: it is ready with its Deployment, and not before. */
const besides = ({ kind }: ReleasedObject) => ["Service", "PodDisruptionBudget"].includes(kind);

/**
 * All that is declared of a platform, in order: namespace, definitions, what the operator needs, the operator, and after it the
 * plugin and objects of their kinds.
 *
 * The definitions stay when they are no longer declared: with them Kubernetes would delete every Cluster and its data.
 */
export function platformResources(objects: PlatformObjects, protect: Protection): PlannedResource[] {
  const first = [objects.namespace, objects.pullSecret].flatMap((object) => object ?? []);
  const base = keysOf(first);
  const operator = released(objects.operator, base, protect);
  const running = keysOf(objects.operator.filter(isDeployment));
  return [
    ...first.map((object, i) =>
      planned(object, keysOf(first.slice(0, i)), object.kind === "Namespace" ? { protect } : {}),
    ),
    ...operator,
    ...released(objects.plugin, [...base, ...running], protect),
    ...objects.more.map((object) => planned(object, running, {})),
  ];
}

/** Objects of a release: definitions, then what its Deployment needs, then that and what leads to it. */
function released(
  objects: readonly ReleasedObject[],
  after: readonly string[],
  protect: Protection,
): PlannedResource[] {
  const definitions = objects.filter(isDefinition);
  const last = (object: ReleasedObject) => isDeployment(object) || besides(object);
  const needed = objects.filter((object) => !isDefinition(object) && !last(object));
  const known = keysOf(definitions);
  return [
    ...definitions.map((object) => planned(object, after, { protect, retain: true })),
    ...needed.map((object) => planned(object, [...after, ...known], {})),
    ...objects.filter(last).map((object) => planned(object, [...after, ...known, ...keysOf(needed)], {})),
  ];
}

const keyOf = ({ kind, metadata }: ReleasedObject): string =>
  kind === "Namespace" ? `namespace/${metadata.name}` : `${kind}/${metadata.name}`;

const keysOf = (objects: readonly ReleasedObject[]): string[] => objects.map(keyOf);

function planned(
  object: ReleasedObject,
  dependsOn: readonly string[],
  life: NonNullable<PlannedResource["life"]>,
): PlannedResource {
  return {
    key: keyOf(object),
    name: `/${keyOf(object)}`,
    type: kubernetesType(object.apiVersion, object.kind),
    inputs: { ...object },
    dependsOn,
    life,
    // cert-manager's kinds are somebody else's to install: it is looked whether they are there, in a preview too.
    hooks: {
      advice: true,
      ...(object.apiVersion.startsWith("cert-manager.io/") && { beforeCreate: ["servedKind"] }),
    },
  };
}
