import { X509Certificate } from "node:crypto";
import { defaults } from "../args/defaults";
import type { ApplicationCaArgs } from "../args/tls";
import type { Check } from "../check";
import type { ApplicationCaPlan } from "../plan/tls";
import { bad, derivedName, good, matching, namespaceName, type Parsed, shortHash } from "../units";
import { caConfigMap, caKey } from "../units/caKey";
import type { Workload } from "../units/workload";

/** What {@link decideApplicationCa} starts from. */
export interface ApplicationCaBasis {
  readonly workload: Workload;
  readonly caSecret: string;
  /** Whether the server's certificate is not CNPG's. */
  readonly ownServer: boolean;
  /** Namespaces that get it without being named, as applications there verify the server. */
  readonly verifying: readonly string[];
}

/**
 * Decides how the CA gets to other namespaces. CNPG's own CA is made when the cluster is, and again every 83 days: its
 * certificate can't be known here and doesn't stay, so a pod copies it. That pod mounts `ca.crt` of the Secret and nothing else,
 * and its account may do one thing, change these ConfigMaps: the key, which is in the same Secret, is out of its reach.
 */
export function decideApplicationCa(
  check: Check,
  args: ApplicationCaArgs | undefined,
  basis: ApplicationCaBasis,
): ApplicationCaPlan | undefined {
  const { workload, caSecret, ownServer } = basis;
  if (args === undefined && basis.verifying.length === 0) return undefined;
  const { namespaces: named = [] } = args ?? {};
  const { cluster } = workload;
  const namespaces = [...new Set([...named, ...basis.verifying])].sort();
  check.require(namespaces.length > 0, "namespaces", named, "at least one namespace, such as shop");
  named.forEach((namespace, i) => {
    const at = check.at("namespaces");
    at.parse(i, namespace, namespaceName);
    at.require(named.indexOf(namespace) === i, i, namespace, "named once");
  });
  const pem = args?.ca === undefined ? undefined : certificatesIn(args.ca);
  // Whatever it is that was put there, it is not repeated: it may be the key.
  if (pem !== undefined && !pem.ok) check.fail("ca", "(PEM)", pem.allowed);
  check.require(
    args?.ca === undefined || ownServer,
    "ca",
    "(PEM)",
    "remove it without server: CNPG makes a CA of the cluster's own, which nobody knows beforehand and which is copied",
  );
  check.parse("image", args?.image, (text) =>
    matching(
      text,
      /^[a-z0-9][^\s]*[:@][^\s/]+$/i,
      `an image of kubectl with a tag or digest, such as ${defaults.ApplicationCaArgs.image}`,
    ),
  );
  check.require(
    args?.ca === undefined || args.image === undefined,
    "image",
    args?.image,
    "remove it with ca: nothing has to be copied",
  );
  const name = derivedName([cluster, "ca-copy"], 52);
  const configMap = caConfigMap(cluster);
  return {
    configMap,
    namespaces,
    ca: pem?.ok ? pem.value : undefined,
    copy:
      args?.ca === undefined
        ? {
            name,
            image: args?.image ?? defaults.ApplicationCaArgs.image,
            // Not all clusters at one minute.
            schedule: `${Number.parseInt(shortHash(workload.toString()), 16) % 60} * * * *`,
            caSecret,
            kustomization: kustomization(configMap, namespaces),
          }
        : undefined,
  };
}

/** The certificates of a PEM text, without what stands between them. */
function certificatesIn(text: string): Parsed<string> {
  const allowed =
    "one or more certificates of CAs in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
  if (text.includes("PRIVATE KEY"))
    return bad(`${allowed}; and never a private key: take it out, and make a new CA if this was shared`);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return bad(allowed);
  for (const block of blocks) {
    try {
      if (!new X509Certificate(block).ca) return bad(`${allowed}; one of these is not a CA's`);
    } catch {
      return bad(`${allowed}; one of these can't be read`);
    }
  }
  return good(`${blocks.join("\n")}\n`);
}

/** JSON, which is YAML too. */
function kustomization(configMap: string, namespaces: readonly string[]): string {
  return JSON.stringify({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    generatorOptions: { disableNameSuffixHash: true },
    configMapGenerator: namespaces.map((namespace) => ({ name: configMap, namespace, files: [caKey] })),
  });
}
