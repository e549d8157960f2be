import { checkRestorable } from "../watch/restorable";
import { looksOf } from "./archiveLooks";

/** The looks at archives of former lives. */
export const restoreLooks = looksOf({
  stem: "pulumi-cnpg-restorable",
  what: ({ url }) => `whether ${url} has what recoverFrom asks for`,
  check: checkRestorable,
});
