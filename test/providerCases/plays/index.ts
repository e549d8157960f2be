import type { Play } from "../stage";
import { changes } from "./changes";
import { creation } from "./creation";
import { jobs } from "./jobs";
import { removal } from "./removal";
import { updating } from "./updating";
import { waits } from "./waits";

/** How each row of the table is played, by its id. */
export const plays: Readonly<Record<string, Play>> = {
  ...changes,
  ...creation,
  ...updating,
  ...waits,
  ...jobs,
  ...removal,
};
