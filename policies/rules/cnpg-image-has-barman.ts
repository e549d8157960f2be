import { storesOf } from "../core/backup";
import { CLUSTER } from "../core/cluster";
import { isOfficialPostgres, readImage } from "../core/image";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";

export default stackRule({
  id: "cnpg-image-has-barman",
  title: "With in-tree backups the image has Barman Cloud in it.",
  severity: "critical",
  tags: ["backup", "image"],
  why: "In-tree backups run barman-cloud in the Postgres container. Of CNPG's images only the system ones have it: with standard and minimal the database comes up, and archiving fails.",
  remedy:
    "Move to the Barman Cloud plugin, which has an image of its own; or use the system image, which is deprecated.",
  url: "https://github.com/cloudnative-pg/postgres-containers#images",
  types: [CLUSTER],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER))
      part(() => {
        if (storesOf(cluster).length === 0) return;
        const said = cluster.view.at("spec", "imageName");
        const at = said.exists ? said : cluster.view.at("spec", "imageCatalogRef");
        const image = readImage((said.exists ? said.text() : catalogued(cluster, stack)) ?? "");
        const flavor = /-(standard|minimal)(-|$)/.exec(image.tag)?.[1];
        if (flavor === undefined || !isOfficialPostgres(image)) return;
        report(
          cluster,
          at,
          `${said.exists ? "is" : "leads to"} a ${flavor} image, without barman-cloud, which barmanObjectStore needs. Use the plugin instead, or "${image.tag.replace(flavor, "system")}".`,
        );
      });
  },
});

/** The image that a catalog has for a Cluster; undefined where the catalog is elsewhere. */
function catalogued({ namespace, view }: Resource, stack: Stack): string | undefined {
  const reference = view.at("spec", "imageCatalogRef");
  if (!reference.exists) return undefined;
  const [kind, name, major] = [reference.text("kind"), reference.text("name"), reference.number("major")];
  const type = `${kind}.postgresql.cnpg.io`;
  // The catalogs that CNPG publishes are called by the flavor of their images.
  const [, flavor] = /^postgresql-(standard|minimal|system)-/.exec(name ?? "") ?? [];
  const catalog =
    kind === "ClusterImageCatalog"
      ? stack.allNamed(type, name ?? "")[0]
      : stack.find(type, namespace, name ?? "");
  if (catalog === undefined)
    return flavor === undefined ? undefined : `ghcr.io/cloudnative-pg/postgresql:${major}-${flavor}`;
  return catalog.view
    .list("spec", "images")
    .find((entry) => entry.number("major") === major)
    ?.text("image");
}
