import type { Path } from "../core/view";
import { CNPG_GROUP, isOfCnpg } from "./kinds";
import { isMap } from "./maps";

/** Keys under which objects stand as they are applied: of charts, of Crossplane, Open Cluster Management, OpenShift. */
const verbatim: ReadonlySet<string> = new Set([
  "additionalManifests",
  "additionalResources",
  "extraDeploy",
  "extraManifests",
  "extraObjects",
  "extraResources",
  "manifest",
  "manifests",
  "objectDefinition",
  "objects",
  "rawResources",
  "resources",
]);

/** What a server or a client writes beside an object: it is the same object once more. */
const skipped: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "managedFields",
  "status",
  "alm-examples",
]);

/** Something of CloudNativePG within something else. */
export type Inner =
  /** An object; `whole` if it is applied as it stands there. */
  | { readonly path: Path; readonly object: Record<string, unknown>; readonly whole: boolean }
  /** A text with a manifest in it. */
  | { readonly path: Path; readonly object?: undefined };

/** What of CloudNativePG there is within an object of another kind, or within values. */
export function innerOf(root: Readonly<Record<string, unknown>>): Inner[] {
  const found: Inner[] = [];
  const seen = new Set<object>();
  const search = (value: unknown, path: Path): void => {
    if (typeof value === "string") {
      if (value.includes(`${CNPG_GROUP}/`) && /^[ \t-]*["']?kind["']?[ \t]*:|"kind"[ \t]*:/m.test(value))
        found.push({ path });
      return;
    }
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) {
      for (const [i, one] of value.entries()) search(one, [...path, i]);
      return;
    }
    const { apiVersion, kind, spec } = value as Record<string, unknown>;
    if (
      path.length > 0 &&
      typeof apiVersion === "string" &&
      typeof kind === "string" &&
      isMap(spec) &&
      isOfCnpg(apiVersion, kind)
    ) {
      const whole = !path.includes("base") && (verbatim.has(lastKey(path)) || isOfKro(root, path));
      found.push({ path, object: value as Record<string, unknown>, whole });
      return;
    }
    for (const [key, one] of Object.entries(value)) if (!skipped.has(key)) search(one, [...path, key]);
  };
  search(root, []);
  return found;
}

function isOfKro({ kind }: Readonly<Record<string, unknown>>, path: Path): boolean {
  return kind === "ResourceGraphDefinition" && lastKey(path) === "template";
}

function lastKey(path: Path): string {
  return String(path.findLast((key) => typeof key === "string") ?? "");
}
