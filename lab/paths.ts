import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { labFolder } from "./description";

/** Where things of the lab lie. */
export interface LabPaths {
  /** The lab's folder. */
  readonly folder: string;
  /** Built binaries; kept by `down`. */
  readonly bin: string;
  /** Go modules that the binaries are built from; kept by `down`. */
  readonly modules: string;
  /** Image layers and the packed images; kept by `down`. */
  readonly images: string;
  /** Everything of one life of the cluster: `down` removes it. */
  readonly run: string;
  /** The description that `readLab` reads. */
  readonly description: string;
  readonly kubeconfig: string;
  /** Short name of this lab, from its folder: part of the names of its network interface and cgroup. */
  readonly id: string;
}

/** The places of this user's lab; its folders for things that are kept exist afterwards. */
export function labPaths(): LabPaths {
  const folder = labFolder();
  const at = (...parts: string[]) => join(folder, ...parts);
  const paths: LabPaths = {
    folder,
    bin: at("bin"),
    modules: at("modules"),
    images: at("images"),
    run: at("run"),
    description: at("lab.json"),
    kubeconfig: at("kubeconfig"),
    id: createHash("sha256").update(folder).digest("hex").slice(0, 8),
  };
  for (const kept of [paths.bin, paths.modules, paths.images]) mkdirSync(kept, { recursive: true });
  return paths;
}

/** Name of the lab's cgroup, below the root of each hierarchy. */
export const cgroupOf = (paths: LabPaths): string => `cnpg-lab-${paths.id}`;

/** Name of the lab's network interface on this machine: at most 15 characters. */
export const interfaceOf = (paths: LabPaths): string => `cnpg${paths.id}`;
