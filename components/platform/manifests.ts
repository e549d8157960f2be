import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A Kubernetes object of a release's manifest. */
export interface ReleasedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The built package has the files in the folder of the sources only. */
const folders = [join(__dirname, "manifests"), join(__dirname, "..", "..", "platform", "manifests")];

/**
 * The objects of a release, as `npm run generate` took them from its Go module.
 *
 * @param name such as `operator-1.30.1`
 */
export function releasedObjects(name: string): ReleasedObject[] {
  const folder = folders.find((each) => existsSync(join(each, `${name}.json`)));
  if (folder === undefined) throw new Error(`there is no manifest ${name}`);
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as ReleasedObject[];
}

/** An object moved from `cnpg-system`, which all of a release are for, to another namespace: what it refers to moves too. */
export function movedTo(object: ReleasedObject, namespace: string): ReleasedObject {
  if (namespace === released) return object;
  const text = JSON.stringify(object).replaceAll(
    `"namespace":"${released}"`,
    `"namespace":${JSON.stringify(namespace)}`,
  );
  const moved = JSON.parse(text) as ReleasedObject;
  if (object.kind === "Namespace") return { ...moved, metadata: { ...moved.metadata, name: namespace } };
  return moved;
}

const released = "cnpg-system";
