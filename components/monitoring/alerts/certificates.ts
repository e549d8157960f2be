import { AlertSeverity } from "../../args/monitoring";
import type { WatchedCluster, WatchedEnvironment } from "../../plan/monitoring";
import type { Alert } from "./alert";
import { compare, declared, who } from "./promql";

const hasCertificate = ({ certificates }: WatchedCluster) => certificates.length > 0;

const certificate = "namespace, name";

const record = "cluster:cnpg_certificate:declared";

/** When each certificate ends. Where cert-manager's own namespace is on its series, the certificate's is `exported_namespace`. */
const end = `max by (${certificate}) (label_replace(certmanager_certificate_expiration_timestamp_seconds, "namespace", "$1", "exported_namespace", "(.+)"))`;

/** Certificates of an environment that end within a part of `certificateLife`. */
const within = (environment: WatchedEnvironment, factor: number) =>
  compare(environment, {
    value: `(${declared(environment, record)} * on (${certificate}) group_left () (${end} - time()))`,
    operator: "<",
    limit: "certificateLife",
    factor,
    scoped: true,
  });

/** Certificates of cert-manager; those that the operator makes, it renews itself, and no metric tells of them. */
export const certificates: readonly Alert[] = [
  {
    name: "CNPGCertificateExpiring",
    severity: AlertSeverity.Warning,
    for: "1h",
    summary: `Certificate {{ $labels.name }} of ${who} ends in {{ $value | humanizeDuration }}.`,
    description: "cert-manager should have renewed it: clients that verify it can't connect after its end.",
    of: hasCertificate,
    expr: (environment) => within(environment, 1),
  },
  {
    name: "CNPGCertificateExpiringCritical",
    severity: AlertSeverity.Critical,
    for: "1h",
    summary: `Certificate {{ $labels.name }} of ${who} ends in {{ $value | humanizeDuration }}.`,
    description:
      "cert-manager does not renew it: clients that verify it, and standbys if it is theirs, can't connect after its end.",
    of: hasCertificate,
    expr: (environment) => within(environment, 1 / 3),
  },
  {
    name: "CNPGCertificateMetricsAbsent",
    severity: AlertSeverity.Warning,
    for: "1h",
    summary: `Nothing tells when certificate {{ $labels.name }} of ${who} ends.`,
    description: "cert-manager's metrics of it are not there, so it can end without an alert.",
    of: hasCertificate,
    expr: (environment) => `${declared(environment, record)} unless on (${certificate}) ${end}`,
  },
];
