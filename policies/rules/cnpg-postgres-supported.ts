import { CLUSTER } from "../core/cluster";
import { readImage } from "../core/image";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-postgres-supported",
  title: "A Cluster runs a major version of Postgres that CNPG supports.",
  severity: "medium",
  tags: ["image", "upgrade", "security"],
  why: "CNPG 1.30 is tested with Postgres 14 to 18. It refuses what is older than 13, and still takes 13, for which Postgres makes no security fixes any more.",
  remedy: "Upgrade to a supported major version; see CNPG's page on upgrades of Postgres.",
  url: "https://cloudnative-pg.io/documentation/current/supported_releases/",
  types: [CLUSTER],
  parameters: {
    oldest: { type: "number", default: 14, description: "Oldest major version that is supported." },
    newest: { type: "number", default: 18, description: "Newest major version that is supported." },
  },
  judge({ view, parameters, report, part }) {
    const oldest = Number(parameters.oldest);
    const newest = Number(parameters.newest);
    for (const path of [
      ["spec", "imageName"],
      ["spec", "imageCatalogRef", "major"],
    ])
      part(() => {
        const said = view.at(...path).scalar();
        if (said === undefined) return;
        const major = path.length === 2 ? readImage(said).major : Number(said);
        if (major === undefined || Number.isNaN(major) || (major >= oldest && major <= newest)) return;
        const how = major < 13 ? "is refused by CNPG" : "is not supported";
        report(path, `Postgres ${major} ${how}. Use a version from ${oldest} to ${newest}.`);
      });
  },
});
