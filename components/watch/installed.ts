import { ClusterError, type Http } from "../apiServer";
import { barmanPluginName } from "../plan/backup";
import type { Installed, Running } from "../platform/installed";
import { servesKind } from "./servedKinds";

interface Selectors {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: { readonly selector?: { readonly [label: string]: string } };
}

interface LiveDeployment {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: {
      readonly metadata?: { readonly labels?: { readonly [label: string]: string } };
      readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
    };
  };
  readonly status?: { readonly availableReplicas?: number };
}

interface WebhookConfiguration {
  readonly webhooks?: readonly {
    readonly rules?: readonly {
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
    }[];
    readonly clientConfig?: { readonly service?: { readonly namespace: string; readonly name: string } };
  }[];
}

/**
 * Looks at what is installed for CNPG: requests of the verb `get` and `list` only. What this account may not see is left out.
 *
 * @param plugin whether the Barman Cloud plugin is looked for
 */
export async function lookAtInstalled(http: Pick<Http, "ask">, plugin: boolean): Promise<Installed> {
  const [version, cluster, store, operator, plugins] = await Promise.all([
    get<{ gitVersion?: string }>(http, "/version"),
    servesKind(http, "postgresql.cnpg.io/v1", "Cluster"),
    plugin ? servesKind(http, "barmancloud.cnpg.io/v1", "ObjectStore") : undefined,
    operatorOf(http),
    plugin ? pluginsOf(http) : undefined,
  ]);
  return {
    ...(version?.gitVersion !== undefined && { kubernetes: version.gitVersion }),
    kinds: {
      ...(cluster !== undefined && { operator: cluster }),
      ...(store !== undefined && { plugin: store }),
    },
    ...(operator !== undefined && { operator }),
    ...(plugins !== undefined && { plugins }),
  };
}

/** The operator is whom the API server asks, by whatever means and under whatever name it was installed. */
async function operatorOf(http: Pick<Http, "ask">): Promise<Running | null | undefined> {
  const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const found = await list<WebhookConfiguration>(http, path);
  if (found === undefined) return undefined;
  const asked = found
    .flatMap(({ webhooks = [] }) => webhooks)
    .filter(({ rules = [] }) =>
      rules.some(
        ({ apiGroups = [], resources = [] }) =>
          apiGroups.includes("postgresql.cnpg.io") && resources.includes("clusters"),
      ),
    );
  if (asked.length === 0) return null;
  // One with an address outside of the cluster can't be seen.
  const service = asked.flatMap(({ clientConfig }) => clientConfig?.service ?? [])[0];
  if (service === undefined) return undefined;
  const { namespace, name } = service;
  const live = await get<Selectors>(http, `/api/v1/namespaces/${namespace}/services/${name}`);
  return live === undefined ? undefined : running(http, { ...live, metadata: { name, namespace } });
}

async function pluginsOf(http: Pick<Http, "ask">): Promise<Running[] | undefined> {
  const label = encodeURIComponent(`cnpg.io/pluginName=${barmanPluginName}`);
  const found = await list<Selectors>(http, `/api/v1/services?labelSelector=${label}`);
  if (found === undefined) return undefined;
  const all = await Promise.all(found.map((service) => running(http, service)));
  return all.flatMap((each) => each ?? []);
}

/** The Deployment whose pods a Service leads to. */
async function running(http: Pick<Http, "ask">, { metadata, spec }: Selectors): Promise<Running | undefined> {
  const { namespace } = metadata;
  const wanted = Object.entries(spec?.selector ?? {});
  const deployments = await list<LiveDeployment>(http, `/apis/apps/v1/namespaces/${namespace}/deployments`);
  if (deployments === undefined) return undefined;
  const found = deployments.find(({ spec: its }) =>
    wanted.every(([label, value]) => its?.template?.metadata?.labels?.[label] === value),
  );
  if (found === undefined || wanted.length === 0) return { namespace };
  return {
    namespace,
    deployment: {
      name: found.metadata.name,
      image: found.spec?.template?.spec?.containers?.[0]?.image ?? "",
      available: (found.status?.availableReplicas ?? 0) > 0,
    },
  };
}

/** Undefined where it is not there, or may not be seen. */
async function get<T>(http: Pick<Http, "ask">, path: string): Promise<T | undefined> {
  try {
    return (await http.ask({ method: "GET", path, timeout: 20 })).body as T;
  } catch (error) {
    if (error instanceof ClusterError) return undefined;
    throw error;
  }
}

async function list<T>(http: Pick<Http, "ask">, path: string): Promise<readonly T[] | undefined> {
  return (await get<{ items?: readonly T[] }>(http, path))?.items;
}
