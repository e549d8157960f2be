import { storesOf } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { isOfficialPostgres, readImage } from "../core/image";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-image-has-barman",
  title: "With in-tree backups the image has Barman Cloud in it.",
  severity: "critical",
  tags: ["backup", "image"],
  why: "In-tree backups run barman-cloud in the Postgres container. Of CNPG's images only the system ones have it: with standard and minimal the database comes up, and archiving fails.",
  remedy:
    "Move to the Barman Cloud plugin, which has an image of its own; or use the system image, which is deprecated.",
  url: "https://github.com/cloudnative-pg/postgres-containers#images",
  types: [CLUSTER],
  judge({ resource, view, report }) {
    if (storesOf(resource).length === 0) return;
    const at = view.at("spec", "imageName");
    const image = readImage(at.text() ?? "");
    const flavor = /-(standard|minimal)(-|$)/.exec(image.tag)?.[1];
    if (flavor === undefined || !isOfficialPostgres(image)) return;
    report(
      at,
      `is a ${flavor} image, without barman-cloud, which barmanObjectStore needs. Use the plugin instead, or "${image.tag.replace(flavor, "system")}".`,
    );
  },
});
