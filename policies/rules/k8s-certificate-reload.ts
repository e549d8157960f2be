import { CERTIFICATE, certificatesBySecret, certificateUses } from "../core/certificates";
import { CLUSTER, POOLER } from "../core/cluster";
import { RELOAD_LABEL } from "../core/passwordSecrets";
import type { Resource } from "../core/resource";
import { stackRule } from "../core/rule";

export default stackRule({
  id: "k8s-certificate-reload",
  title: "A Secret with a certificate for CNPG has the label cnpg.io/reload.",
  severity: "low",
  tags: ["certificates", "secrets"],
  why: "CNPG looks at a Secret of somebody else's as soon as it changes if it has this label, whatever the value. Without it, a renewed certificate waits until something else makes the operator look at the Cluster, and meanwhile clients see the old one run out.",
  remedy:
    'Add the label cnpg.io/reload: "true" to the Secret; for a Certificate of cert-manager in spec.secretTemplate.labels.',
  url: "https://cloudnative-pg.io/documentation/current/certificates/#server-certificates-1",
  types: [CLUSTER, POOLER],
  judge({ stack, report, part }) {
    const bySecret = certificatesBySecret(stack, part);
    const told = new Set<Resource>();
    for (const { resource, secret } of certificateUses(stack, part))
      part(() => {
        const { namespace } = resource;
        const made = bySecret(namespace, secret);
        const given = stack.find("Secret", namespace, secret);
        const source = made ?? given;
        if (source === undefined || told.has(source)) return;
        told.add(source);
        const labelled = [
          made?.view.at("spec", "secretTemplate", "labels"),
          // One that is there before cert-manager fills it, as CNPG's documentation has it.
          given?.view.at("metadata", "labels"),
        ].some((labels) => labels?.keys().includes(RELOAD_LABEL));
        if (labelled || given?.view.flag("immutable") === true) return;
        const at =
          source.type === CERTIFICATE ? ["spec", "secretTemplate", "labels"] : ["metadata", "labels"];
        report(
          source,
          source.view.at(...at, RELOAD_LABEL),
          `is missing: when this certificate is renewed, ${resource.called} goes on with the old one for a while. Add the label ${RELOAD_LABEL}: "true".`,
          undefined,
          [{ path: [...at, RELOAD_LABEL], value: "true" }],
        );
      });
  },
});
