import { type CertificateSourceArgs, type CertificatesArgs, IssuerKind } from "../args/tls";
import type { Check } from "../check";
import type { PlannedObject } from "../plan/object";
import type { CertificatesPlan, PoolerTls } from "../plan/tls";
import { derivedName, matching, objectName } from "../units";
import type { Workload } from "../units/workload";
import { decideApplicationCa } from "./applicationCa";
import { certificateHours, renderCertificate } from "./certManager";
import { certificateDnsName, clusterDnsNames, serviceDnsNames } from "./dnsNames";

/** What {@link decideCertificates} starts from. */
export interface CertificatesBasis {
  readonly workload: Workload;
  readonly poolers: readonly PoolerTls[];
  /** Namespaces whose applications are told to verify the server. */
  readonly verifying: readonly string[];
}

/** The role that CNPG's PgBouncer looks passwords up as, and which it shows a certificate for. */
const poolerRole = "cnpg_pooler_pgbouncer";
const replicationRole = "streaming_replica";

/**
 * Decides where each certificate comes from and renders `spec.certificates`.
 *
 * A pooler shows its clients the cluster's server certificate, which CNPG makes out for its own three Services: the names of
 * the poolers' are added here, or `sslmode=verify-full` would refuse every pooler.
 */
export function decideCertificates(
  check: Check,
  args: CertificatesArgs | undefined,
  basis: CertificatesBasis,
): CertificatesPlan {
  const { workload, poolers } = basis;
  const { server, client, serverAltDNSNames = [], applications } = args ?? {};
  checkSource(check.at("server"), server);
  checkSource(check.at("client"), client);
  const ofPoolers = poolers
    .filter(({ showsServerCertificate }) => showsServerCertificate)
    .flatMap(({ name }) => serviceDnsNames(name, workload.namespace));
  checkAltNames(check, args, [...clusterDnsNames(workload), ...ofPoolers]);
  // CNPG would stop at the first certificate that it can't sign, and with it all that it does for the cluster.
  check.require(
    client?.secret === undefined || poolers.length === 0,
    "client.secret",
    client?.secret,
    `remove it with poolers, whose certificate for ${poolerRole} CNPG signs with ca.key of client.caSecret; or client.issuer, with which cert-manager signs that one too`,
  );

  const { cluster } = workload;
  const altDnsNames = [...ofPoolers, ...serverAltDNSNames];
  const serverName = derivedName([cluster, "server-tls"], 63);
  const clientName = derivedName([cluster, "client-tls"], 63);
  const certificates: PlannedObject[] = [];
  if (server?.issuer !== undefined)
    certificates.push(
      renderCertificate("server", serverName, server.issuer, server, {
        dnsNames: [...clusterDnsNames(workload), ...altDnsNames],
      }),
    );
  if (client?.issuer !== undefined) {
    certificates.push(
      renderCertificate("client", clientName, client.issuer, client, { commonName: replicationRole }),
    );
    // The operator takes this Secret as it finds it, and signs one itself only where there is none.
    if (poolers.length > 0)
      certificates.push(
        renderCertificate("pooler", `${cluster}-pooler`, client.issuer, client, { commonName: poolerRole }),
      );
  }
  const [serverTLSSecret, serverCASecret] = secretsOf(server, serverName);
  const [replicationTLSSecret, clientCASecret] = secretsOf(client, clientName);
  const cnpgNames = serverTLSSecret === undefined ? altDnsNames : [];
  const spec = {
    ...(serverTLSSecret !== undefined && { serverTLSSecret }),
    ...(serverCASecret !== undefined && { serverCASecret }),
    ...(replicationTLSSecret !== undefined && { replicationTLSSecret }),
    ...(clientCASecret !== undefined && { clientCASecret }),
    ...(cnpgNames.length > 0 && { serverAltDNSNames: cnpgNames }),
  };
  const caSecret = serverCASecret ?? operatorCaSecret(cluster);
  return {
    clusterSpec: Object.keys(spec).length > 0 ? { certificates: spec } : {},
    certificates,
    caSecret,
    poolerSecrets: {
      serverCASecret: { name: caSecret },
      clientCASecret: { name: clientCASecret ?? operatorCaSecret(cluster) },
      // To clients PgBouncer is the server.
      clientTLSSecret: { name: serverTLSSecret ?? operatorServerSecret(cluster) },
    },
    signsClients: client?.issuer === undefined && client?.secret === undefined,
    altDnsNames,
    applications: decideApplicationCa(check.at("applications"), applications, {
      workload,
      caSecret,
      ownServer: server !== undefined,
      verifying: basis.verifying,
    }),
  };
}

/** @param there names that the server's certificate has anyway */
function checkAltNames(check: Check, args: CertificatesArgs | undefined, there: readonly string[]): void {
  const { server, serverAltDNSNames = [] } = args ?? {};
  const known = new Set(there);
  serverAltDNSNames.forEach((name, i) => {
    check.at("serverAltDNSNames").parse(i, name, certificateDnsName);
    check
      .at("serverAltDNSNames")
      .require(!known.has(name), i, name, "remove it: it is there already, as a Service's or written twice");
    known.add(name);
  });
  check.require(
    server?.secret === undefined || serverAltDNSNames.length === 0,
    "serverAltDNSNames",
    serverAltDNSNames,
    "remove it with server.secret: the certificate in it has the names that it has",
  );
}

/** The Secret with the CA that CNPG makes for a cluster: `ca.crt`, and the key that signs, which is nobody else's. */
export function operatorCaSecret(cluster: string): string {
  return `${cluster}-ca`;
}

/** The Secret with the server's certificate that CNPG makes for a cluster. */
function operatorServerSecret(cluster: string): string {
  return `${cluster}-server`;
}

/** The Secrets with the certificate and with its CA; undefined where CNPG makes them. */
function secretsOf(
  source: CertificateSourceArgs | undefined,
  made: string,
): [tls: string | undefined, ca: string | undefined] {
  if (source === undefined) return [undefined, undefined];
  return source.issuer !== undefined ? [made, made] : [source.secret, source.caSecret];
}

function checkSource(check: Check, source: CertificateSourceArgs | undefined): void {
  if (source === undefined) return;
  const { issuer, duration, secret, caSecret } = source;
  for (const [key, value] of [
    ["secret", secret],
    ["caSecret", caSecret],
  ] as const) {
    check.parse(key, value, objectName);
    check.require(
      issuer === undefined || value === undefined,
      key,
      value,
      "remove it with issuer: cert-manager makes one Secret for certificate and CA",
    );
  }
  if (issuer === undefined) {
    if (caSecret === undefined)
      check.fail(
        "caSecret",
        undefined,
        secret === undefined
          ? "a Secret with ca.crt and ca.key, with which CNPG signs; with secret too, one that is signed already; or issuer, for cert-manager"
          : "the Secret with ca.crt of the CA that signed secret; where both are in one, its name again",
      );
    check.require(duration === undefined, "duration", duration, "remove it without issuer");
    return;
  }
  check.parse("duration", duration, certificateHours);
  check.parse("issuer.name", issuer.name, objectName);
  check.at("issuer").oneOf("kind", issuer.kind, IssuerKind);
  check.parse("issuer.group", issuer.group, (text) =>
    matching(
      text,
      /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
      "an API group such as cert-manager.io",
    ),
  );
}
