/** What a failed operation was about. */
export interface Failed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** All that the provider said. */
  readonly errors: readonly string[];
}

/** Has Pulumi's provider take over what it would make and finds there. */
const upsert = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true";

const orAnother = "or set monitoring.backend to what is there";

/** What has to be installed for the kinds of an API group. */
const installs: readonly (readonly [RegExp, string])[] = [
  [/postgresql\.cnpg\.io/, "the CNPG operator (its manifest has the CustomResourceDefinitions)"],
  [/barmancloud\.cnpg\.io/, "the Barman Cloud plugin, in the operator's namespace"],
  [/cert-manager\.io/, "cert-manager"],
  [/external-secrets\.io/, "External Secrets Operator"],
  [/monitoring\.coreos\.com/, `the Prometheus Operator, ${orAnother}`],
  [
    /monitoring\.googleapis\.com/,
    `Managed Service for Prometheus (on GKE: --enable-managed-prometheus), ${orAnother}`,
  ],
  [/operator\.victoriametrics\.com/, `the VictoriaMetrics operator, ${orAnother}`],
];

/** What to say where a Kubernetes cluster lacks a kind; undefined where nobody knows who brings it. */
export function missingKind(apiVersion: string, kind: string): string | undefined {
  const what = installs.find(([group]) => group.test(apiVersion))?.[1];
  return what === undefined
    ? undefined
    : `the Kubernetes cluster has no kind ${kind} of ${apiVersion}. To do: install ${what}, and run pulumi up again`;
}

/**
 * What a person can do about an error of Pulumi's Kubernetes provider, whose own words don't say it.
 *
 * @returns undefined where its words have to do
 */
export function adviceOn({ kind, apiVersion, name, namespace, errors }: Failed): string | undefined {
  const text = errors.join("\n");
  const where = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  if (/already exists/.test(text) && kind === "Namespace")
    return `${where} is there already. To do: createNamespace: false for the clusters in it, if it is somebody else's. ${afterAKill}`;
  if (/already exists/.test(text) && kind === "CustomResourceDefinition")
    return (
      `${where} is there already: it stayed from a platform that was taken away, or somebody installed it by other means. To do: take what ` +
      `is there over with one run of ${upsert} pulumi up; or leave platform out, if it is somebody else's`
    );
  if (/already exists/.test(text)) return `${where} is there already. ${afterAKill}`;
  if (/no matches for kind|the server could not find the requested resource/.test(text))
    return missingKind(apiVersion, kind);
  if (/failed calling webhook/.test(text))
    return (
      `${where}: nobody answered for the operator's webhook. To do: is the operator's Deployment available? On a private GKE cluster the ` +
      "control plane also needs a firewall rule to port 9443 of the nodes"
    );
  if (/namespaces? "[^"]*" not found/.test(text))
    return `${where}: its namespace is not there. To do: make it, or leave createNamespace at its default`;
  if (/cluster is unreachable|connection refused|no such host|i\/o timeout|Unauthorized/.test(text))
    return `${where}: the Kubernetes cluster does not answer. To do: look at kubernetes:kubeconfig, kubernetes:context and KUBECONFIG, and at your credentials`;
  return undefined;
}

/** Pulumi's state knows nothing of what was being made when an update was killed, and the provider takes nothing over unasked. */
const afterAKill =
  "To do: if an earlier pulumi up of this stack was killed while it made it, take it over with one run of " +
  `${upsert} pulumi up; if it is somebody else's, choose another name`;
