import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateSpec } from "../../../components/crds/types";
import type { KubernetesObject } from "../../../lab/cluster";
import { run } from "../../../lab/shell";

/**
 * A stand-in for cert-manager and an issuer of the kind CA: makes of a Certificate the Secret that cert-manager would, with
 * `tls.crt`, `tls.key`, `ca.crt` and the labels of its template. It signs once and renews nothing.
 */
export class StandInIssuer {
  private readonly folder = mkdtempSync(join(tmpdir(), "issuer-"));

  private constructor(readonly name: string) {}

  static async of(name: string): Promise<StandInIssuer> {
    const issuer = new StandInIssuer(name);
    await issuer.key("ca.key");
    await issuer.openssl([
      ...["req", "-x509", "-new", "-key", "ca.key", "-out", "ca.crt", "-days", "30", "-subj", `/CN=${name}`],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ]);
    return issuer;
  }

  /** The CA's certificate in PEM. */
  get ca(): string {
    return this.read("ca.crt");
  }

  /**
   * What cert-manager makes of a Certificate with an issuer of the kind selfSigned. The plugin asks for it: a client that has
   * a certificate of a CA sends none, as nobody of that name is asked for.
   */
  async selfSigned(certificate: KubernetesObject): Promise<KubernetesObject> {
    const { commonName = "", dnsNames = [], usages = [], secretName } = certificate.spec as CertificateSpec;
    const names =
      dnsNames.length > 0 ? ["-addext", `subjectAltName=${dnsNames.map((name) => `DNS:${name}`)}`] : [];
    await this.key("own.key");
    await this.openssl([
      ...[
        "req",
        "-x509",
        "-new",
        "-key",
        "own.key",
        "-out",
        "own.crt",
        "-days",
        "30",
        "-subj",
        `/CN=${commonName}`,
      ],
      ...["-addext", `extendedKeyUsage=${usages.map(extendedUsage)}`, ...names],
    ]);
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secretName, namespace: String(certificate.metadata.namespace) },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": this.read("own.crt"),
        "tls.key": this.read("own.key"),
        "ca.crt": this.read("own.crt"),
      },
    } as KubernetesObject;
  }

  async secretFor(certificate: KubernetesObject): Promise<KubernetesObject> {
    const spec = certificate.spec as CertificateSpec;
    const { commonName, dnsNames = [], usages = [], secretName, secretTemplate } = spec;
    await this.key("tls.key");
    const extensions = [
      "basicConstraints=critical,CA:FALSE",
      `extendedKeyUsage=${usages.map(extendedUsage)}`,
      ...(dnsNames.length > 0 ? [`subjectAltName=${dnsNames.map((name) => `DNS:${name}`)}`] : []),
    ];
    writeFileSync(join(this.folder, "extensions"), extensions.join("\n"));
    const subject = commonName === undefined ? "/" : `/CN=${commonName}`;
    await this.openssl(["req", "-new", "-key", "tls.key", "-out", "tls.csr", "-subj", subject]);
    await this.openssl([
      ...["x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-out", "tls.crt", "-days", "30", "-extfile", "extensions"],
    ]);
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: secretName,
        ...(certificate.metadata.namespace !== undefined && { namespace: certificate.metadata.namespace }),
        labels: { ...(secretTemplate?.labels as Record<string, string> | undefined) },
      },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": this.read("tls.crt"), "tls.key": this.read("tls.key"), "ca.crt": this.ca },
    } as KubernetesObject;
  }

  /** Forgets its keys. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private key(file: string): Promise<unknown> {
    return this.openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file]);
  }

  private openssl(args: string[]): Promise<unknown> {
    return run("openssl", args, { cwd: this.folder });
  }

  private read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}

/** OpenSSL's word for a usage of cert-manager's. */
const extendedUsage = (usage: string): string =>
  usage === "server auth" ? "serverAuth" : usage === "client auth" ? "clientAuth" : "";
