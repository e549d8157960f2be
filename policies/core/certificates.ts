import { CLUSTER, POOLER } from "./cluster";
import type { Resource } from "./resource";
import type { Judging } from "./rule";
import type { Stack } from "./stack";
import type { View } from "./view";

export const CERTIFICATE = "Certificate.cert-manager.io";

/** A Secret with a certificate that CNPG did not make. */
export interface CertificateUse {
  /** The Cluster or the Pooler. */
  readonly resource: Resource;
  /** Where it names the Secret. */
  readonly at: View;
  readonly secret: string;
}

/** Every Secret of certificates that Clusters and Poolers name. */
export function certificateUses(stack: Stack, part: Judging["part"]): CertificateUse[] {
  const uses: CertificateUse[] = [];
  const add = (resource: Resource, at: View) =>
    part(() => {
      const secret = at.text();
      if (secret !== undefined && secret !== "") uses.push({ resource, at, secret });
    });
  for (const cluster of stack.ofType(CLUSTER))
    for (const key of ["serverTLSSecret", "serverCASecret", "clientCASecret", "replicationTLSSecret"])
      add(cluster, cluster.view.at("spec", "certificates", key));
  for (const pooler of stack.ofType(POOLER))
    for (const key of ["clientTLSSecret", "clientCASecret", "serverTLSSecret", "serverCASecret"])
      add(pooler, pooler.view.at("spec", "pgbouncer", key, "name"));
  return uses;
}

/** Finds the Certificates by the Secret that cert-manager makes for each. */
export function certificatesBySecret(
  stack: Stack,
  part: Judging["part"],
): (namespace: string | undefined, secret: string) => Resource | undefined {
  const found = new Map<string, Resource>();
  for (const certificate of stack.ofType(CERTIFICATE))
    part(() => {
      const secret = certificate.view.text("spec", "secretName");
      if (secret !== undefined) found.set(`${certificate.namespace ?? ""}/${secret}`, certificate);
    });
  return (namespace = "", secret) => found.get(`${namespace}/${secret}`);
}

/** Whether one of a certificate's names is one under which a Service is found: from its own namespace, or any other. */
export function coversService(
  names: readonly string[],
  service: string,
  namespace: string | undefined,
): boolean {
  const inside = namespace === undefined ? "[^.]+" : escaped(namespace);
  const whole = new RegExp(`^(${escaped(service)}|\\*)(\\.${inside}(\\.svc(\\..+)?)?)?$`);
  return names.some((name) => name !== "*" && whole.test(name.toLowerCase()));
}

const escaped = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
