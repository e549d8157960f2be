/*
 * What the Kubernetes provider says that an update would change: the new inputs against the object as it was last seen, of
 * which only those fields count that the program had given. For both stand-ins.
 */
import type { Difference, FieldChange } from "./difference";
import {
  hasUnknowns,
  isBuiltIn,
  type KubernetesSettings,
  normalizedObject,
  objectOf,
  pruned,
} from "./kubernetesInputs";
import { isMap } from "./properties";
import type { Compared, Properties } from "./provider";
import { UNKNOWN } from "./wire";

const absent = Symbol("absent");
type Path = readonly (string | number)[];

/**
 * @param isReady for an object that asks to be replaced if it isn't ready: whether it is
 */
export async function kubernetesDifference(
  { inputs, inputsBefore, outputsBefore }: Pick<Compared, "inputs" | "inputsBefore" | "outputsBefore">,
  settings: KubernetesSettings,
  isReady: () => Promise<boolean> = async () => true,
): Promise<Difference> {
  const seen = objectOf(outputsBefore);
  const wanted = normalizedObject(objectOf(inputs));
  const old = pruned(seen, normalizedObject(objectOf(inputsBefore))) as Properties;
  const before = { ...old, apiVersion: old.apiVersion ?? wanted.apiVersion, kind: old.kind ?? wanted.kind };
  const fields = new Map<string, FieldChange>();
  const replaces: string[] = [];
  const forced = forcedBy(wanted, settings);
  const note = (path: Path, change: FieldChange, value: unknown) => {
    const text = pathText(path);
    fields.set(text, change);
    if (forced.some((field) => concerns(field, path, value))) replaces.push(text);
  };
  compare([], before, wanted, isBuiltIn(wanted.apiVersion) && !hasUnknowns(wanted), note);
  if (
    annotationOf(wanted, "pulumi.com/replaceUnready") === "true" &&
    wanted.kind === "Job" &&
    !(await isReady())
  )
    replaces.push('.metadata.annotations["pulumi.com/replaceUnready"]');
  const same = (key: string) => metadata(wanted)[key] === metadata(seen)[key];
  return {
    fields,
    detailed: true,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && same("name") && same("namespace"),
  };
}

/** An annotation of an object. */
function annotationOf(object: Properties, key: string): string | undefined {
  const { annotations } = metadata(object);
  const value = isMap(annotations) ? annotations[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

function metadata(object: Properties): Properties {
  return isMap(object.metadata) ? object.metadata : {};
}

type Note = (path: Path, change: FieldChange, value: unknown) => void;

function compare(path: Path, old: unknown, wanted: unknown, typed: boolean, note: Note): void {
  if (wanted === absent || wanted === null) {
    if (old !== absent && old !== null) note(path, "delete", undefined);
    return;
  }
  if (old === absent) {
    // Kubernetes' own kinds don't keep what is no different from being left out.
    if (!(typed && isZero(wanted))) note(path, "add", wanted);
    return;
  }
  if (isMap(old) && isMap(wanted)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)]))
      compare([...path, key], own(old, key), own(wanted, key), typed, note);
    return;
  }
  if (Array.isArray(old) && Array.isArray(wanted)) {
    for (let i = 0; i < Math.max(old.length, wanted.length); i++)
      compare(
        [...path, i],
        i < old.length ? old[i] : absent,
        i < wanted.length ? wanted[i] : absent,
        typed,
        note,
      );
    return;
  }
  if (old === wanted && wanted !== UNKNOWN) return;
  if (typed && isQuantity(path) && amount(old) !== undefined && amount(old) === amount(wanted)) return;
  note(path, "update", wanted);
}

function own(map: Properties, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : absent;
}

function isZero(value: unknown): boolean {
  if (value === false || value === 0 || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function isQuantity(path: Path): boolean {
  return path.at(-2) === "requests" || path.at(-2) === "limits";
}

const factors: Readonly<Record<string, number>> = {
  ...{ "": 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

function amount(value: unknown): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(value)) ?? [];
  const factor = factors[unit];
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor * 1e3);
}

/** Fields of a kind that can't be changed in place, as paths without indexes. */
function forcedBy(object: Properties, settings: KubernetesSettings): readonly string[] {
  const always = ["metadata.name", "metadata.namespace"];
  const { apiVersion, kind, immutable } = object;
  if (apiVersion === "v1" && kind === "Secret" && (!settings.enableSecretMutable || immutable === true))
    return [...always, "type", "stringData", "data"];
  if (apiVersion === "v1" && kind === "ConfigMap")
    return !settings.enableConfigMapMutable || immutable === true
      ? [...always, "binaryData", "data"]
      : always;
  return [...always, ...(forcedOf[`${apiVersion} ${kind}`] ?? [])];
}

const forcedOf: Readonly<Record<string, readonly string[]>> = {
  "v1 Secret": ["type"],
  "v1 Service": ["spec.clusterIP"],
  "v1 ResourceQuota": ["spec.scopes"],
  "v1 PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
  ],
  "batch/v1 Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "apps/v1 Deployment": ["spec.selector"],
  "apps/v1 DaemonSet": ["spec.selector"],
  "apps/v1 StatefulSet": [
    ...["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"],
    "spec.volumeClaimTemplates",
  ],
  "rbac.authorization.k8s.io/v1 RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/v1 StorageClass": ["parameters", "provisioner"],
};

/** Whether a change at a path reaches a field: below it, at it, or above it with a value that has it. */
function concerns(field: string, path: Path, value: unknown): boolean {
  const names = path.filter((part) => typeof part === "string");
  const wanted = field.split(".");
  const common = Math.min(names.length, wanted.length);
  if (names.slice(0, common).join("\0") !== wanted.slice(0, common).join("\0")) return false;
  let inner = value;
  for (const key of wanted.slice(common)) {
    if (!isMap(inner) || !Object.hasOwn(inner, key)) return false;
    inner = inner[key];
  }
  return true;
}

/** `metadata.annotations["a.b/c"]`, `spec.plugins[0].name`. */
function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (/[."[\]]/.test(part)) return `${text}["${part.replaceAll('"', '\\"')}"]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}
