import type { ArchiveLook } from "../watch/archivePod";
import { checkRestorable } from "../watch/restorable";
import type { ArchiveLooks } from "./archiveLooks";
import { looksThrough } from "./archiveLooks";
import { perProgram } from "./perProgram";
import type { Watching } from "./settled";

/** The looks at archives of former lives, through one connection. */
export function restoreLooks(watching: Watching): ArchiveLooks<ArchiveLook> {
  return looksThrough(all(), watching, {
    stem: "pulumi-cnpg-restorable",
    what: ({ url }) => `whether ${url} has what recoverFrom asks for`,
    check: checkRestorable,
  });
}

export const all = perProgram(() => new Map<Watching, ArchiveLooks<ArchiveLook>>());
