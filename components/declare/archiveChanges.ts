import * as pulumi from "@pulumi/pulumi";
import { perProgram } from "./perProgram";

/**
 * Notes what this update of the running program makes or changes of what an archive depends on and that does not show at the
 * Cluster; grants may be shared by all its clusters.
 */
export const archiveChanges = perProgram(() => {
  const changed = new Set<string>();
  return {
    /** For a grant or a Secret with keys: after it was made or changed. */
    note: new pulumi.ResourceHook("pulumi-cnpg-note-archive-change", ({ urn }) => {
      changed.add(urn);
    }),
    /** Whether one of these was made or changed. */
    among: async (resources: readonly pulumi.Resource[]): Promise<boolean> => {
      if (changed.size === 0) return false;
      const urns = await Promise.all(
        resources.map(({ urn }) => new Promise<string>((resolve) => void urn.apply(resolve))),
      );
      return urns.some((urn) => changed.has(urn));
    },
  };
});
