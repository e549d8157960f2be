import { checkRestorable } from "../watch/restorable";
import { type ArchiveLooks, looksThrough } from "./archiveLooks";
import { perProgram } from "./perProgram";
import type { Watching } from "./settled";

/** The looks at archives of former lives, through one connection. */
export function restoreLooks(watching: Watching): ArchiveLooks {
  return looksThrough(all(), watching, {
    stem: "pulumi-cnpg-restorable",
    what: ({ url }) => `whether ${url} has what recoverFrom asks for`,
    check: checkRestorable,
  });
}

const all = perProgram(() => new Map<Watching, ArchiveLooks>());
