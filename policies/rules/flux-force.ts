import { CLUSTER, DATABASE } from "../core/cluster";
import { known } from "../core/resource";
import { stackRule } from "../core/rule";

const OWNER = "kustomize.toolkit.fluxcd.io";
const KUSTOMIZATION = `Kustomization.${OWNER}`;

export default stackRule({
  id: "flux-force",
  title: "Flux does not make a Cluster or Database again when a change is refused.",
  severity: "high",
  tags: ["gitops", "availability"],
  why: "With force: true Flux deletes an object and makes it again when the API server calls a field immutable. CNPG refuses some changes in just this way: a smaller volume or another storage class would delete the Cluster with all its volumes.",
  remedy:
    "Remove force from the Kustomization, or annotate the Cluster with kustomize.toolkit.fluxcd.io/force: disabled.",
  url: "https://fluxcd.io/flux/components/kustomize/kustomizations/#force",
  types: [CLUSTER, DATABASE],
  judge({ stack, report, part }) {
    const forcing = stack
      .ofType(KUSTOMIZATION)
      .filter(({ view }) => known(() => view.flag("spec", "force")) === true);
    for (const resource of [CLUSTER, DATABASE].flatMap((type) => stack.ofType(type)))
      part(() => {
        const at = resource.view.at("metadata", "annotations", `${OWNER}/force`);
        const said = at.text()?.toLowerCase();
        if (said === "enabled") {
          report(resource, at, `is "enabled": a refused change deletes it with its data. Write "disabled".`);
          return;
        }
        if (said === "disabled") return;
        const owner = resource.label(`${OWNER}/name`);
        const kustomization =
          owner === undefined
            ? forcing.length === 1 && stack.ofType(KUSTOMIZATION).length === 1
              ? forcing[0]
              : undefined
            : forcing.find(({ name }) => name === owner);
        if (kustomization === undefined) return;
        report(
          resource,
          at,
          `is not said, and ${kustomization.called} has force: true: a refused change deletes this with its data. Write "disabled".`,
          // The Kustomization beside it may be another one's.
          owner === undefined ? "advisory" : undefined,
        );
      });
  },
});
