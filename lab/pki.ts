import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPaths } from "./paths";
import { run } from "./shell";

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** The cluster's certificates: files in `run/pki`, made once in a cluster's life. */
export class Pki {
  readonly folder: string;

  constructor(paths: LabPaths) {
    this.folder = join(paths.run, "pki");
  }

  /** File of the certificate or key of a name. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** Makes the authority and the key of service accounts, unless they are there. */
  async begin(): Promise<void> {
    if (existsSync(this.file("sa.key"))) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const subject = ["-keyout", this.file("ca.key"), "-out", this.file("ca.crt"), "-subj", "/CN=cnpg-lab"];
    await run("openssl", ["req", "-x509", ...key, "-days", "365", ...subject]);
    await run("openssl", ["genrsa", "-out", this.file("sa.key"), "2048"]);
  }

  /** A certificate `<name>.crt` with its key, unless it is there. `names` as in `DNS:localhost,IP:127.0.0.1`. */
  async issue(name: string, subject: string, names = ""): Promise<void> {
    if (existsSync(this.file(`${name}.crt`))) return;
    const extensions = `keyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n${names === "" ? "" : `subjectAltName=${names}\n`}`;
    writeFileSync(this.file(`${name}.ext`), extensions);
    const request = this.file(`${name}.csr`);
    await run("openssl", [
      "req",
      "-new",
      ...key,
      "-keyout",
      this.file(`${name}.key`),
      "-subj",
      subject,
      "-out",
      request,
    ]);
    await run("openssl", [
      ...["x509", "-req", "-days", "365", "-in", request, "-extfile", this.file(`${name}.ext`)],
      ...["-CA", this.file("ca.crt"), "-CAkey", this.file("ca.key"), "-CAcreateserial"],
      ...["-out", this.file(`${name}.crt`)],
    ]);
  }

  /** Writes a kubeconfig with everything inside, so that the file can be copied; readable by its owner only. */
  kubeconfig(file: string, user: string, server: string): void {
    const data = (name: string) => readFileSync(this.file(name)).toString("base64");
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "cnpg-lab", cluster: { server, "certificate-authority-data": data("ca.crt") } }],
      users: [
        {
          name: user,
          user: { "client-certificate-data": data(`${user}.crt`), "client-key-data": data(`${user}.key`) },
        },
      ],
      contexts: [{ name: "cnpg-lab", context: { cluster: "cnpg-lab", user } }],
      "current-context": "cnpg-lab",
    };
    writeFileSync(file, JSON.stringify(config, undefined, 1), { mode: 0o600 });
  }
}
