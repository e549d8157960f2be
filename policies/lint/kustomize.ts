import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CNPG_GROUP, isOfCnpg } from "./kinds";
import { isMap } from "./maps";
import { parse } from "./yaml";

const files = /^(?:kustomization\.ya?ml|Kustomization)$/;

/** What the kustomizations around some files say of them. */
export class Kustomizations {
  private readonly patches = new Map<string, string>();
  private readonly inner = new Set<string>();
  private readonly folders = new Set<string>();

  /** Reads the kustomization of a folder, if it has one and it was not read before. */
  look(folder: string): void {
    const place = resolve(folder);
    if (this.folders.has(place)) return;
    this.folders.add(place);
    for (const name of names(place)) if (files.test(name)) this.read(place, join(place, name));
  }

  /** The folder of the kustomization that calls a file a patch; undefined if none does. */
  patchOf(file: string): string | undefined {
    const place = resolve(file);
    this.look(dirname(place));
    return this.patches.get(place);
  }

  /** Kustomizations that change objects of CloudNativePG by patches that are no files of their own, or name no kind. */
  get withInnerPatches(): readonly string[] {
    return [...this.inner];
  }

  private read(folder: string, file: string): void {
    for (const document of contents(file)) {
      const { patches, patchesStrategicMerge, patchesJson6902 } = document;
      for (const patch of [...listOf(patches), ...listOf(patchesJson6902)])
        if (isMap(patch)) {
          this.note(folder, patch.path);
          if (isPatchOfCnpg(patch)) this.inner.add(file);
        }
      for (const patch of listOf(patchesStrategicMerge))
        if (isPatchOfCnpg({ patch })) this.inner.add(file);
        else this.note(folder, patch);
    }
  }

  private note(folder: string, path: unknown): void {
    // A patch may stand there itself instead of its path.
    if (typeof path === "string" && !path.includes("\n")) this.patches.set(resolve(folder, path), folder);
  }
}

/** Whether a patch with its target, as Kustomize and Flux write them, changes objects of CloudNativePG. */
export function isPatchOfCnpg(entry: Readonly<Record<string, unknown>>): boolean {
  const { target, patch } = entry;
  if (typeof patch === "string" && patch.includes(`${CNPG_GROUP}/`)) return true;
  if (!isMap(target)) return false;
  const { group, kind = "" } = target;
  if (typeof group === "string" && group !== "") return group.endsWith(CNPG_GROUP);
  return ["postgresql.cnpg.io/v1", "barmancloud.cnpg.io/v1"].some((version) =>
    isOfCnpg(version, String(kind)),
  );
}

/** The maps in a file; none if it can't be read: that is for Kustomize to say. */
function contents(file: string): Record<string, unknown>[] {
  try {
    return parse(readFileSync(file, "utf8")).documents.filter(isMap);
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
