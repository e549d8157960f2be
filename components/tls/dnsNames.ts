import { matching, type Parsed } from "../units";
import type { Workload } from "../units/workload";

/** The DNS domain of a Kubernetes cluster, unless it was set up with another one. */
const clusterDomain = "cluster.local";

/** The names under which pods find a Service: from its own namespace, from others, and in full. As CNPG names them. */
export function serviceDnsNames(service: string, namespace: string): string[] {
  const short = `${service}.${namespace}`;
  return [service, short, `${short}.svc`, `${short}.svc.${clusterDomain}`];
}

/** All names of the three Services that CNPG makes for a cluster. */
export function clusterDnsNames(workload: Workload): string[] {
  return (["rw", "ro", "r"] as const).flatMap((role) =>
    serviceDnsNames(workload.service(role), workload.namespace),
  );
}

/** A DNS name as a certificate has it; its first label may be `*`. */
export function certificateDnsName(text: string): Parsed<string> {
  const allowed =
    'a DNS name in lower-case letters such as "orders.db.example.com" or "*.db.example.com", at most 253 characters; no IP address';
  return matching(
    text,
    /^(?=.{1,253}$)(?!.*\.[0-9]+$)(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/,
    allowed,
  );
}
