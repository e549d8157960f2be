import { EXTERNAL_SECRET, RELOAD_LABEL } from "../core/passwordSecrets";
import { resourceRule } from "../core/rule";

export default resourceRule({
  id: "eso-reload-label",
  title: "An ExternalSecret with a template has the label cnpg.io/reload in the template.",
  severity: "medium",
  tags: ["roles", "secrets"],
  why: "CNPG looks at the labels of the Secret. External Secrets copies the labels of the ExternalSecret to it only where there is no spec.target.template; with one, the Secret gets the template's labels, and a rotated password waits for some later reconciliation.",
  remedy: 'Move cnpg.io/reload: "true" to spec.target.template.metadata.labels.',
  url: "https://cloudnative-pg.io/documentation/current/cncf-projects/external-secrets/",
  types: [EXTERNAL_SECRET],
  judge({ view, report }) {
    if (!view.keys("metadata", "labels").includes(RELOAD_LABEL)) return;
    const template = view.at("spec", "target", "template");
    if (!template.exists || template.keys("metadata", "labels").includes(RELOAD_LABEL)) return;
    report(
      view.at("metadata", "labels", RELOAD_LABEL),
      `stays on the ExternalSecret, because it has a template. Write it in spec.target.template.metadata.labels.`,
      [
        { path: template.at("metadata", "labels", RELOAD_LABEL).path, value: "true" },
        { path: ["metadata", "labels", RELOAD_LABEL], remove: true },
      ],
    );
  },
});
