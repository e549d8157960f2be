import { CLUSTER, DATABASE } from "../core/cluster";
import { flavorOf, isInImage } from "../core/contrib";
import { createdIn, librariesOf } from "../core/extensions";
import { readImage } from "../core/image";
import { settingOf } from "../core/parameters";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";
import type { View } from "../core/view";

/** Names that people write for another one. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["pgvector", "vector"],
  ["uuid_ossp", "uuid-ossp"],
]);

export default stackRule({
  id: "cnpg-extension-in-image",
  title: "CNPG's own images have the libraries and extensions that a Cluster and its Databases name.",
  severity: "high",
  tags: ["image", "bootstrap"],
  why: "Postgres does not start with a library in shared_preload_libraries that is not there, and CREATE EXTENSION fails: the Database is not reconciled, or the first start fails. CNPG's minimal image is Postgres with its contrib; standard adds pgaudit, pgvector and pg_failover_slots, and nothing else.",
  remedy:
    "Use an image that has it: standard instead of minimal, ghcr.io/cloudnative-pg/postgis, or one of your own. With Postgres 18 an image volume in spec.postgresql.extensions can bring it.",
  url: "https://github.com/cloudnative-pg/postgres-containers#images",
  types: [CLUSTER, DATABASE],
  judge({ stack, report, part }) {
    for (const cluster of stack.ofType(CLUSTER)) {
      const tell = (at: View, name: string, fails: string) => judgeName(cluster, cluster, at, name, fails);
      part(() => {
        for (const { name, at } of librariesOf(cluster)) tell(at, name, "Postgres does not start with it");
      });
      const initdb = cluster.view.at("spec", "bootstrap", "initdb");
      for (const field of ["postInitApplicationSQL", "postInitSQL", "postInitTemplateSQL"])
        part(() => {
          for (const statement of initdb.list(field))
            for (const name of createdIn(statement)) tell(statement, name, "the first start fails");
        });
    }
    for (const database of stack.ofType(DATABASE))
      part(() => {
        const { namespace, view } = database;
        const cluster = stack.find(CLUSTER, namespace, view.partial("spec", "cluster", "name") ?? "");
        if (cluster === undefined) return;
        for (const entry of view.list("spec", "extensions"))
          part(() => {
            if (entry.text("ensure") === "absent") return;
            const at = entry.at("name");
            judgeName(cluster, database, at, at.text() ?? "", "CREATE EXTENSION fails");
          });
      });

    function judgeName(cluster: Resource, resource: Resource, at: View, name: string, fails: string): void {
      if (name === "") return;
      const text = cluster.view.text("spec", "imageName") ?? "";
      const image = readImage(text);
      const flavor = flavorOf(image);
      const { major } = image;
      if (flavor === undefined || major === undefined || isInImage(flavor, name, major) !== false) return;
      if (broughtElsewhere(cluster)) return;
      report(
        resource,
        at,
        `${name} is not in ${cluster.called}'s image ${image.tag}: ${fails}. ${adviceFor(name, image.tag, major)}`,
        // A copy under CNPG's path elsewhere may have been built with more in it.
        /(^|\/)ghcr\.io\//.test(text) ? undefined : "advisory",
      );
    }
  },
});

/** Whether an image volume, or a folder of somebody's own, may have what the image lacks; or the image is a catalog's. */
function broughtElsewhere(cluster: Resource): boolean {
  const spec = cluster.view.at("spec");
  return (
    spec.at("imageCatalogRef").exists ||
    spec.at("postgresql", "extensions").exists ||
    ["dynamic_library_path", "extension_control_path"].some((name) => settingOf(cluster, name).at.exists)
  );
}

function adviceFor(name: string, tag: string, major: number): string {
  const meant = aliases.get(name);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (isInImage("standard", name, major)) return `Write ${tag.replace("minimal", "standard")}.`;
  return "Use an image that has it.";
}
