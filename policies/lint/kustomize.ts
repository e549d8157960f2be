import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "./yaml";

const files = /^(?:kustomization\.ya?ml|Kustomization)$/;

/** What the kustomizations around some files say of them. */
export class Kustomizations {
  private readonly patches = new Set<string>();
  private readonly resources = new Set<string>();
  private readonly folders = new Set<string>();

  /** Reads the kustomization of a folder, if it has one and it was not read before. */
  look(folder: string): void {
    const place = resolve(folder);
    if (this.folders.has(place)) return;
    this.folders.add(place);
    for (const name of names(place)) if (files.test(name)) this.read(place, join(place, name));
  }

  /**
   * Whether a file holds patches rather than whole objects: a kustomization says so, or its name does, and none lists it
   * among its resources.
   */
  isPatch(file: string): boolean {
    const place = resolve(file);
    this.look(dirname(place));
    if (this.patches.has(place)) return true;
    if (this.resources.has(place)) return false;
    return (
      /(?:^|[-_.])patch(?:es)?(?:[-_.]|$)/i.test(basename(place)) || basename(dirname(place)) === "patches"
    );
  }

  private read(folder: string, file: string): void {
    for (const document of contents(file)) {
      const { patches, patchesStrategicMerge, patchesJson6902, resources, bases } = document;
      for (const patch of [...listOf(patches), ...listOf(patchesJson6902)])
        if (typeof patch === "object" && patch !== null)
          this.note(this.patches, folder, (patch as { path?: unknown }).path);
      for (const patch of listOf(patchesStrategicMerge)) this.note(this.patches, folder, patch);
      for (const resource of [...listOf(resources), ...listOf(bases)])
        this.note(this.resources, folder, resource);
    }
  }

  private note(to: Set<string>, folder: string, path: unknown): void {
    // A patch may stand there itself instead of its path.
    if (typeof path === "string" && !path.includes("\n")) to.add(resolve(folder, path));
  }
}

/** The maps in a file; none if it can't be read: that is for Kustomize to say. */
function contents(file: string): Record<string, unknown>[] {
  try {
    const { documents } = parse(readFileSync(file, "utf8"));
    return documents.filter(
      (one): one is Record<string, unknown> => typeof one === "object" && one !== null && !Array.isArray(one),
    );
  } catch {
    return [];
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
