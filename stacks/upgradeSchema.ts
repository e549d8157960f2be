import type { UpgradeArgs } from "../components/index";
import { group, number, text } from "./shape";

/** What of Postgres may change on a live cluster. */
export const upgrade = group<UpgradeArgs>(
  {
    fromMajor: number(
      "Major version that the cluster ran before: it may be upgraded to that of its image, offline, archives under another server name from then on " +
        "(`<cluster>-g<generation>-pg<major>`) and gets a base backup there. It stays in the file. Default: another major is refused.",
    ),
    reindexFor: text(
      "Debian release of the new image, such as `trixie`: you rebuild the indexes on text that it sorts in another order. Default: another release is refused where a locale depends on it.",
    ),
  },
  "That another major version, or another Debian release, of the image is meant. Default: it is refused on a live cluster.",
);
