import { defaults } from "../args/defaults";
import type { CertificateSourceArgs, IssuerArgs } from "../args/tls";
import type { CertificateSpec } from "../crds/types";
import type { PlannedObject } from "../plan/object";
import { bad, good, type Parsed } from "../units";

/** What a certificate is for: names of a server, or a role of Postgres that a client is. */
export type CertificateSubject = { readonly dnsNames: readonly string[] } | { readonly commonName: string };

const minimumHours = 14 * 24;

/** CNPG looks at a certificate a week before its end and would renew it itself, which takes a key that it may not have. */
const minimumRest = 8 * 24;

/** Hours of `2160h`. */
export function certificateHours(text: string): Parsed<number> {
  const hours = Number(/^([1-9][0-9]{0,5})h$/.exec(text)?.[1]);
  return hours >= minimumHours
    ? good(hours)
    : bad(`hours, at least ${minimumHours}h, such as 2160h (90 days)`);
}

/**
 * Renders a Certificate. Its Secret is labelled so that CNPG reloads it when it changes; the label stands in the template,
 * because cert-manager makes the Secret.
 */
export function renderCertificate(
  key: "server" | "client" | "pooler",
  name: string,
  issuer: IssuerArgs,
  source: Pick<CertificateSourceArgs, "duration">,
  subject: CertificateSubject,
): PlannedObject {
  const parsed = certificateHours(source.duration ?? defaults.CertificateSourceArgs.duration);
  const hours = parsed.ok ? parsed.value : minimumHours;
  const spec: CertificateSpec = {
    secretName: name,
    secretTemplate: { labels: { "cnpg.io/reload": "true" } },
    duration: `${hours}h`,
    renewBefore: `${Math.max(Math.trunc(hours / 3), minimumRest)}h`,
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    ...("dnsNames" in subject
      ? { usages: ["server auth"], dnsNames: [...subject.dnsNames] }
      : { usages: ["client auth"], commonName: subject.commonName }),
    issuerRef: {
      name: issuer.name,
      kind: issuer.kind ?? defaults.IssuerArgs.kind,
      group: issuer.group ?? defaults.IssuerArgs.group,
    },
  };
  return {
    key: `certificate/${key}`,
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    name,
    // An update waits until it is signed, because CNPG does nothing without.
    annotations: { "pulumi.com/waitFor": '["condition=Ready"]' },
    body: { spec },
    after: [],
  };
}
