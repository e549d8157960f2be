import { CLUSTER } from "../core/cluster";
import { readImage } from "../core/image";
import { resourceRule } from "../core/rule";

/** The day of the last fixes, by major version, of those that CNPG supports. */
const ends = new Map([[14, "12 November 2026"]]);

export default resourceRule({
  id: "cnpg-postgres-end-of-life",
  title: "A Cluster runs a major version of Postgres that has more than a year of fixes ahead.",
  severity: "low",
  tags: ["image", "upgrade", "security"],
  why: "Postgres makes fixes for a major version for five years. CNPG 1.30 still supports 14, whose last fixes were due on 12 November 2026.",
  remedy: "Plan the upgrade to a newer major version.",
  url: "https://www.postgresql.org/support/versioning/",
  types: [CLUSTER],
  judge({ view, report, part }) {
    for (const path of [
      ["spec", "imageName"],
      ["spec", "imageCatalogRef", "major"],
    ])
      part(() => {
        const said = view.at(...path).scalar();
        const major = said === undefined ? undefined : readImage(path.length === 2 ? said : `:${said}`).major;
        const end = major === undefined ? undefined : ends.get(major);
        if (end !== undefined)
          report(path, `Postgres ${major} gets no fixes after ${end}. Upgrade to a newer major version.`);
      });
  },
});
