/*
 * How the Kubernetes provider writes objects: a creation posts, an update applies server-side after it has taken over what its
 * own creations and kubectl had written.
 */
import { randomBytes } from "node:crypto";
import type { KubernetesSettings } from "../../offline/kubernetesInputs";
import { type Cluster, ClusterError, type KubernetesObject, named, refOf } from "../cluster";

/** Who creates. */
const creator = "pulumi-kubernetes";

/** Whose fields an update takes over, by the beginning of their name. */
const takenOver = [
  { name: "kubectl", operation: "Apply" },
  ...["kubectl", "before-first-apply", creator, "pulumi-resource-kubernetes"].map((name) => ({
    name,
    operation: "Update",
  })),
];

interface FieldsOfManager {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: object;
}

/** How one object is written. */
export interface Write {
  readonly cluster: Cluster;
  readonly manifest: KubernetesObject;
  readonly settings: KubernetesSettings;
  /** Who owns the fields from the first update on. */
  readonly manager: string;
  readonly preview: boolean;
  readonly signal: AbortSignal;
  /** Told what the server warns of. */
  readonly warn: (text: string) => Promise<void>;
}

/** A field manager's name: the object's own annotation, else that of the state, else a new one. */
export function managerOf({ metadata }: KubernetesObject, known: unknown): string {
  const own = metadata?.annotations?.["pulumi.com/patchFieldManager"];
  if (own !== undefined && own !== "") return own;
  return typeof known === "string" ? known : `${creator}-${randomBytes(4).toString("hex")}`;
}

/** Makes an object; one that is there already is refused, unless the settings say to apply. */
export async function create(write: Write): Promise<KubernetesObject> {
  const { cluster, manifest, settings, preview, signal } = write;
  if (settings.upsertExistingObjects) return apply(write, undefined);
  return cluster.create(manifest, { fieldManager: creator, dryRun: preview, signal });
}

/** Applies what is there already. */
export async function update(write: Write, live: KubernetesObject): Promise<KubernetesObject> {
  if (write.preview) return apply(write, live);
  let current = live;
  for (let left = 5; ; left--)
    try {
      return await apply(write, await takeOver(write, current));
    } catch (error) {
      // Pulumi's own gives up where a controller writes at the same moment; that would be a matter of luck here.
      if (!(error instanceof ClusterError) || !/object has been modified/.test(error.message) || left === 0)
        throw error;
      current = (await write.cluster.get(refOf(live))) ?? current;
    }
}

async function apply(write: Write, live: KubernetesObject | undefined): Promise<KubernetesObject> {
  const { cluster, manifest, manager, preview, signal } = write;
  const force = forced(write, live);
  const options = { dryRun: preview, force, fieldManager: manager, signal, patient: false } as const;
  try {
    const applied = await cluster.apply(manifest, { ...options, fieldValidation: "Warn" });
    for (const warning of applied.warnings) await write.warn(`${named(refOf(manifest))}: ${warning}`);
    return applied.object;
  } catch (error) {
    throw refusal(error, manager);
  }
}

/** Whether fields of other managers are taken. */
function forced({ manifest, settings, preview }: Write, live: KubernetesObject | undefined): boolean {
  if (manifest.metadata.annotations?.["pulumi.com/patchForce"] === "true" || settings.enablePatchForce)
    return true;
  if (live === undefined) return preview;
  const managers = (live.metadata.managedFields ?? []) as readonly FieldsOfManager[];
  // What an update takes over first can be no conflict of its preview.
  return managers.length === 0 || (preview && managers.some(isOurCreation));
}

function isOurCreation({ manager, operation }: FieldsOfManager): boolean {
  return operation === "Update" && (manager === creator || manager === "pulumi-resource-kubernetes");
}

async function takeOver({ cluster, manager }: Write, live: KubernetesObject): Promise<KubernetesObject> {
  const entries = (live.metadata.managedFields ?? []) as readonly FieldsOfManager[];
  const ours = entries.filter(
    (entry) =>
      (entry.subresource ?? "") === "" &&
      takenOver.some(
        ({ name, operation }) => entry.operation === operation && entry.manager?.startsWith(name) === true,
      ),
  );
  // A manager's name begins with the creator's.
  const foreign = ours.filter((entry) => entry.manager !== manager || entry.operation !== "Apply");
  if (foreign.length === 0) return live;
  const own = entries.find((entry) => entry.manager === manager && entry.operation === "Apply");
  const merged = {
    manager,
    operation: "Apply",
    apiVersion: live.apiVersion,
    fieldsType: "FieldsV1",
    fieldsV1: [...foreign, ...(own === undefined ? [] : [own])].reduce<object>(
      (all, { fieldsV1 = {} }) => union(all, fieldsV1),
      {},
    ),
  };
  const others = entries.filter((entry) => !foreign.includes(entry) && entry !== own);
  return cluster.jsonPatch(refOf(live), [
    { op: "replace", path: "/metadata/managedFields", value: [...others, merged] },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
  ]);
}

type Fields = { readonly [key: string]: object };

function union(a: object, b: object): object {
  const [left, right] = [a as Fields, b as Fields];
  return Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => [
      key,
      union(left[key] ?? {}, right[key] ?? {}),
    ]),
  );
}

/** For a conflict over fields, the server's words with what to do about it. */
function refusal(error: unknown, manager: string): unknown {
  if (!(error instanceof ClusterError) || error.status !== 409) return error;
  return new ClusterError(
    error.status,
    error.reason,
    `field conflict of ${manager}: ${error.message}\n` +
      '  To do: undo the other manager\'s change; or take the fields over by the annotation pulumi.com/patchForce: "true", or for ' +
      "the whole stack by kubernetes:enablePatchForce.",
    error.causes,
  );
}

/** How the API server's client says that there is no such kind. */
export function noMatch({ apiVersion, kind }: KubernetesObject): string {
  return `no matches for kind "${kind}" in version "${apiVersion}"`;
}
