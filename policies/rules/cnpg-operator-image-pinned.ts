import { type CnpgDeployment, DEPLOYMENT, deploymentOf } from "../core/deployments";
import { readImage } from "../core/image";
import { resourceRule } from "../core/rule";

const called: Readonly<Record<CnpgDeployment, string>> = {
  operator: "the CNPG operator",
  plugin: "the Barman Cloud plugin",
};

export default resourceRule({
  id: "cnpg-operator-image-pinned",
  title: "The operator's and the Barman Cloud plugin's images are of a release.",
  severity: "medium",
  tags: ["image", "upgrade"],
  why: "Every instance runs the operator's image too, and a sidecar of the plugin's: one whose tag moves, such as latest or main, restarts all databases on a day that nobody chose, with what was built that day. The manifest at a tag of the plugin's repository has images of its main branch (plugin-barman-cloud-testing:main); the file that is attached to the release has the release's.",
  remedy: "Write the tag of a release, such as 1.30.1 or v0.15.0, with or without a digest.",
  url: "https://cloudnative-pg.io/documentation/current/installation_upgrade/",
  types: [DEPLOYMENT],
  judge({ view, report, resource }) {
    const which = deploymentOf(resource);
    if (which === undefined) return;
    for (const container of view.list("spec", "template", "spec", "containers")) {
      const at = container.at("image");
      const name = at.text();
      if (name === undefined || name === "") continue;
      const { tag, digest, repository } = readImage(name);
      if (digest !== "" || /\d+\.\d+\.\d/.test(tag)) continue;
      const why = /-testing$/.test(repository)
        ? "is built from a branch"
        : tag === ""
          ? "has no tag, which is latest"
          : "is no tag of a release, and moves";
      report(
        at,
        `"${name}" ${why}: ${called[which]} changes without anybody's doing. Write the tag of a release.`,
      );
    }
  },
});
