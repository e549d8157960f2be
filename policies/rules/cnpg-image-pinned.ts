import { CLUSTER } from "../core/cluster";
import { isOfficialPostgres, readImage } from "../core/image";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-image-pinned",
  title: "imageName is pinned to a minor version of Postgres.",
  severity: "medium",
  tags: ["image", "upgrade"],
  why: "A tag of a major version alone moves: instances that are made on different days run different minor versions, and nobody chose the day of the upgrade. No tag, latest, and a digest without a tag are refused by CNPG's webhook, which reads the version from the tag.",
  remedy: "Write a tag with the minor version, such as 17.6-standard-trixie, with or without a digest.",
  url: "https://cloudnative-pg.io/documentation/current/container_images/",
  types: [CLUSTER],
  judge({ view, report }) {
    const at = view.at("spec", "imageName");
    const name = at.text();
    if (name === undefined || name === "") return;
    const image = readImage(name);
    const { tag, major, pinned } = image;
    if (tag === "")
      report(
        at,
        `"${name}" has no tag, and CNPG refuses it. Write one with the minor version, such as 17.6.`,
      );
    else if (major === undefined)
      report(
        at,
        `"${name}" has a tag that does not begin with a version, and CNPG refuses it. Write one such as 17.6.`,
      );
    else if (!pinned)
      report(
        at,
        // The rest of the tag stays: another distribution sorts texts in another way, and not every image has Barman.
        `"${name}" says the major version alone. Write ${major}.<minor>${tag.replace(/^\d+/, "")}${isOfficialPostgres(image) ? "" : " or a tag of one build"}, or add the digest.`,
      );
  },
});
