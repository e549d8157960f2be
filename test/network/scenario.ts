import fc from "fast-check";
import type { PostgresEnvironmentArgs } from "../../components/index";

/** A pod, an address, or one of Cilium's reserved identities. */
export interface Somebody {
  readonly Name: string;
  readonly Namespace?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly CIDR?: string;
  readonly Reserved?: string;
}

/** A connection that somebody begins. */
export interface Flow {
  readonly From: string;
  readonly To: string;
  readonly Protocol: "TCP" | "UDP";
  readonly Port: number;
}

const name = (flow: Flow) => `${flow.From} → ${flow.To} ${flow.Protocol} ${flow.Port}`;

export { name as nameOf };

/** Everybody whom a small environment meets, in every role; policies have to tell them apart. */
export const everybody: readonly Somebody[] = [
  ...["orders", "reports"].flatMap((of): Somebody[] => [
    pod(`${of}/instance-1`, of, {
      "cnpg.io/cluster": `${of}-db`,
      "cnpg.io/podRole": "instance",
      "cnpg.io/instanceRole": "primary",
    }),
    pod(`${of}/instance-2`, of, {
      "cnpg.io/cluster": `${of}-db`,
      "cnpg.io/podRole": "instance",
      "cnpg.io/instanceRole": "replica",
    }),
    pod(`${of}/initdb`, of, { "cnpg.io/cluster": `${of}-db`, "cnpg.io/jobRole": "initdb" }),
    pod(`${of}/recovery`, of, { "cnpg.io/cluster": `${of}-db`, "cnpg.io/jobRole": "full-recovery" }),
    pod(`${of}/look`, of, {
      "app.kubernetes.io/name": `${of}-db`,
      "app.kubernetes.io/component": "archive-check",
    }),
    pod(`${of}/beside`, of, { app: "beside" }),
  ]),
  pod("orders/pooler", "orders", {
    "cnpg.io/cluster": "orders-db",
    "cnpg.io/poolerName": "orders-db-pooler-rw",
    "cnpg.io/podRole": "pooler",
  }),
  pod("orders/dump", "orders", {
    "app.kubernetes.io/name": "orders-db",
    "app.kubernetes.io/component": "export",
  }),
  pod("shop/web", "shop", { app: "web" }),
  pod("front/web", "front", { app: "web" }),
  pod("tools/admin", "tools", { app: "admin" }),
  pod("tools/other", "tools", { app: "other" }),
  pod("default/stranger", "default", { "app.kubernetes.io/name": "cloudnative-pg" }),
  pod("operator", "cnpg-system", { "app.kubernetes.io/name": "cloudnative-pg" }),
  pod("plugin", "cnpg-system", { app: "barman-cloud" }),
  pod("prometheus", "monitoring", { "app.kubernetes.io/name": "prometheus" }),
  pod("grafana", "monitoring", { "app.kubernetes.io/name": "grafana" }),
  pod("dns", "kube-system", { "k8s-app": "kube-dns" }),
  pod("node-local-dns", "kube-system", { "k8s-app": "node-local-dns" }),
  pod("konnectivity", "kube-system", { "k8s-app": "konnectivity-agent" }),
  pod("minio", "storage", { app: "minio" }),
  pod("storage/other", "storage", { app: "other" }),
  { Name: "api-server", Reserved: "kube-apiserver", CIDR: "172.16.0.2/32" },
  { Name: "metadata", CIDR: "169.254.169.254/32" },
  { Name: "metadata-agent", CIDR: "169.254.169.252/32" },
  { Name: "node-dns", CIDR: "169.254.20.10/32" },
  { Name: "googleapis", CIDR: "142.250.1.95/32" },
  { Name: "private.googleapis", CIDR: "199.36.153.9/32" },
  { Name: "restricted.googleapis", CIDR: "199.36.153.5/32" },
  { Name: "googleapis6", CIDR: "2404:6800:4003:c00::5f/128" },
  { Name: "private.googleapis6", CIDR: "2600:2d00:2:2000::5/128" },
  { Name: "restricted.googleapis6", CIDR: "2600:2d00:2:1000::5/128" },
  { Name: "private-address6", CIDR: "fd12:3456::9/128" },
  { Name: "private-address", CIDR: "10.9.9.9/32" },
];

function pod(called: string, namespace: string, labels: Readonly<Record<string, string>>): Somebody {
  return { Name: called, Namespace: namespace, Labels: labels };
}

/** Ports at which something listens somewhere. */
const ports = [53, 80, 443, 987, 988, 5432, 6443, 8000, 8080, 9000, 9090, 9127, 9187, 9443, 22] as const;

/** Whose flows the policies of a stack say something of: its own pods, and the operator's where it makes those. */
const isOurs = (who: string, operator: boolean) =>
  /^(orders|reports)\//.test(who) || (operator && /^(operator|plugin)$/.test(who));

/** Every connection that begins or ends at a pod of the stack's. */
export function everyFlow(operator: boolean): Flow[] {
  const flows: Flow[] = [];
  for (const { Name: From, Reserved, CIDR } of everybody)
    for (const { Name: To } of everybody) {
      if (From === To || !(isOurs(From, operator) || isOurs(To, operator))) continue;
      // Of what comes from an address only the API server is of interest.
      if (CIDR !== undefined && Reserved === undefined) continue;
      for (const Port of ports) flows.push({ From, To, Protocol: "TCP", Port });
      flows.push({ From, To, Protocol: "UDP", Port: 53 });
    }
  return flows;
}

/** What a stack of the test declares. */
export interface Choice {
  readonly kind: "kubernetes" | "cilium" | "ciliumClusterwide";
  readonly store: "internet" | "private" | "restricted" | "minio" | "address";
  readonly pooler: boolean;
  readonly monitoring: boolean;
  readonly operator: boolean;
  readonly exports: boolean;
  readonly applications: boolean;
  readonly clients: boolean;
  readonly defaultDeny: boolean;
  /** Whether an application lives in the namespace of orders. */
  readonly beside: boolean;
  /** Whether reports reads from orders. */
  readonly reads: boolean;
  /** Whether reports reads from orders by its pooler. */
  readonly readsPooler: boolean;
}

export const kinds = ["kubernetes", "cilium", "ciliumClusterwide"] as const;
export const stores = ["internet", "private", "restricted", "minio", "address"] as const;

export const choices = fc.record<Choice>({
  kind: fc.constantFrom(...kinds),
  store: fc.constantFrom(...stores),
  pooler: fc.boolean(),
  monitoring: fc.boolean(),
  operator: fc.boolean(),
  exports: fc.boolean(),
  applications: fc.boolean(),
  clients: fc.boolean(),
  defaultDeny: fc.boolean(),
  beside: fc.boolean(),
  reads: fc.boolean(),
  readsPooler: fc.boolean(),
});

export const everything: Choice = {
  kind: "kubernetes",
  store: "internet",
  pooler: true,
  monitoring: true,
  operator: true,
  exports: true,
  applications: true,
  clients: true,
  defaultDeny: true,
  beside: true,
  reads: true,
  readsPooler: true,
};

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";

/** The stack of a choice: two clusters, `orders-db` and `reports-db`, each in a namespace of its own. */
export function stackOf(choice: Choice): PostgresEnvironmentArgs {
  const { kind, store, pooler, monitoring, operator, exports, clients, defaultDeny } = choice;
  const { applications, beside, reads, readsPooler } = choice;
  const from = (host: string) => ({ host, user: "reader", password: { secret: "reader", key: "password" } });
  const google = store === "internet" || store === "private" || store === "restricted";
  const endpoint = store === "minio" ? "http://minio.storage.svc:9000" : "https://10.9.9.9";
  return {
    profile: "dev",
    ...(google && { project: "acme-dev", region: "europe-west1" }),
    ...(!google && {
      backups: { bucket: "acme", s3: { endpoint, credentials: { secret: "s3" } } },
      ...(exports && { exports: { s3: { endpoint, credentials: { secret: "s3-exports" } } } }),
    }),
    ...(monitoring && { monitoring: { backend: "prometheusOperator" as const } }),
    network: {
      policies: "enforce",
      kind,
      operator,
      apiServer: { cidrs: ["172.16.0.2/32"] },
      ...(google && { googleApis: store }),
      ...(monitoring && {
        monitoring: { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } },
      }),
      ...(clients && { clients: [{ namespace: "tools", labels: { app: "admin" } }] }),
    },
    clusters: {
      "orders-db": {
        namespace: "orders",
        image,
        instances: 2,
        ...(pooler && { poolers: { rw: {} } }),
        databases: {
          orders: {
            applications: [
              ...(applications ? [{ namespace: "shop" }] : []),
              ...(applications && pooler ? [{ namespace: "front", pooler: "rw" }] : []),
              ...(beside ? [{ namespace: "orders" }] : []),
            ],
          },
        },
        ...(exports && { exports: { nightly: { schedule: "@daily" } } }),
        network: { defaultDeny },
      },
      "reports-db": {
        namespace: "reports",
        image,
        databases: { reports: {} },
        servers: {
          ...(reads && { orders: from("orders-db-rw.orders.svc") }),
          ...(readsPooler && pooler && { pooled: from("orders-db-pooler-rw.orders") }),
        },
        network: { defaultDeny },
      },
    },
  };
}
