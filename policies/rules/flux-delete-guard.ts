import { CLUSTER, DATABASE } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";
import type { Stack } from "../core/stack";
import type { View } from "../core/view";

const OWNER = "kustomize.toolkit.fluxcd.io";
const RELEASE = "helm.toolkit.fluxcd.io";

export default stackRule({
  id: "flux-delete-guard",
  title: "A Cluster or Database that Flux owns is not deleted when it leaves Git.",
  severity: "medium",
  tags: ["gitops", "availability"],
  why: "With prune: true Flux deletes what is no longer in its folder, be it by a rename or by a wrong path, and the volumes of a Cluster go with the Cluster.",
  remedy:
    "Annotate it with kustomize.toolkit.fluxcd.io/prune: disabled; what comes from a HelmRelease with helm.sh/resource-policy: keep.",
  url: "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune",
  types: [CLUSTER, DATABASE],
  judge({ stack, report, part }) {
    for (const resource of [CLUSTER, DATABASE].flatMap((type) => stack.ofType(type)))
      part(() => {
        const { view } = resource;
        const owner = resource.label(`${OWNER}/name`);
        const guard = (key: string) => view.at("metadata", "annotations", key);
        if (owner !== undefined) {
          if (prunes(stack, resource.label(`${OWNER}/namespace`), owner) === false) return;
          if (
            isDisabled(guard(`${OWNER}/prune`)) ||
            isDisabled(view.at("metadata", "labels", `${OWNER}/prune`))
          )
            return;
          report(
            resource,
            guard(`${OWNER}/prune`),
            `the Kustomization ${owner} deletes it when it leaves Git. Write "disabled".`,
            undefined,
            [{ path: guard(`${OWNER}/prune`).path, value: "disabled" }],
          );
        } else if (resource.label(`${RELEASE}/name`) !== undefined) {
          const keep = guard("helm.sh/resource-policy");
          if (keep.text() !== "keep")
            report(resource, keep, `uninstalling its HelmRelease deletes it. Write "keep".`, undefined, [
              { path: keep.path, value: "keep" },
            ]);
        }
      });
  },
});

function isDisabled(at: View): boolean {
  return at.text()?.toLowerCase() === "disabled";
}

/** Whether the Kustomization deletes what leaves Git; undefined if it is not among the resources. */
function prunes(stack: Stack, namespace: string | undefined, name: string): boolean | undefined {
  const owner = stack.find(`Kustomization.${OWNER}`, namespace, name);
  return owner === undefined ? undefined : known(() => owner.view.flag("spec", "prune"));
}
