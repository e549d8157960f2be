import { CLUSTER } from "../core/cluster";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "cnpg-image-named",
  title: "A Cluster in production says which image of Postgres it runs.",
  severity: "medium",
  tags: ["image", "upgrade"],
  why: "Without imageName and imageCatalogRef a new cluster runs the operator's default (18.4 with CNPG 1.30), which changes with upgrades of the operator.",
  remedy: "Set imageName to a tag with the minor version, or imageCatalogRef.",
  url: "https://cloudnative-pg.io/documentation/current/container_images/",
  types: [CLUSTER],
  productionOnly: true,
  judge({ view, report }) {
    const name = view.at("spec", "imageName");
    if (view.at("spec", "imageCatalogRef").exists || (name.text() ?? "") !== "") return;
    report(name, "is not said, nor is imageCatalogRef: the operator's default decides. Write the image.");
  },
});
