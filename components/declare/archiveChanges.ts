import * as pulumi from "@pulumi/pulumi";
import { perProgram } from "./perProgram";

/** Notes what this update makes or changes of what an archive depends on and that does not show at the Cluster. */
export interface ArchiveChanges {
  /** For a grant, a bucket or a Secret with keys: after it was made or changed. */
  readonly note: pulumi.ResourceHook;
  /** Whether one of these was made or changed. */
  among(resources: readonly pulumi.Resource[]): Promise<boolean>;
}

/** The changes of the running program: grants may be shared by all its clusters. */
export const archiveChanges = perProgram((): ArchiveChanges => {
  const changed = new Set<string>();
  return {
    note: new pulumi.ResourceHook("pulumi-cnpg-note-archive-change", ({ urn }) => {
      changed.add(urn);
    }),
    among: async (resources) => {
      if (changed.size === 0) return false;
      const urns = await Promise.all(
        resources.map(({ urn }) => new Promise<string>((resolve) => void urn.apply(resolve))),
      );
      return urns.some((urn) => changed.has(urn));
    },
  };
});
