import { units } from "../components";
import type { Declared, Properties } from "./offline/providers";

/** One thing that both halves say. */
export interface AgreementRow {
  readonly what: string;
  readonly cloud: string;
  readonly cluster: string;
  readonly agrees: boolean;
}

/** What the two halves of one cluster say of the same things. */
export interface ClusterAgreement {
  /** `<namespace>/<cluster>`. */
  readonly cluster: string;
  readonly rows: readonly AgreementRow[];
}

const nothing = "—";

/**
 * Compares the two halves of every Cluster, from the declared resources themselves: nothing here knows how the
 * components came by them, so a mistake in them shows.
 */
export function agreements(declared: Iterable<Declared>): ClusterAgreement[] {
  const all = [...declared];
  return all
    .filter((r) => r.type === "kubernetes:postgresql.cnpg.io/v1:Cluster")
    .map((cluster) => compare(cluster.inputs, all))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

function compare(cluster: Properties, all: readonly Declared[]): ClusterAgreement {
  const name = text(cluster, "metadata", "name");
  const namespace = text(cluster, "metadata", "namespace");
  const workload = `${namespace}/${name}`;
  const store = objectStore(cluster, namespace, all);
  if (store === undefined)
    return { cluster: workload, rows: [{ what: "backups", cloud: nothing, cluster: "none", agrees: true }] };
  return {
    cluster: workload,
    rows: [
      ...identityRows(cluster, workload, all),
      ...bucketRows(store, identityOf(cluster, workload, all), all),
      ...timeRows(cluster, namespace, store, all),
    ],
  };
}

interface Store {
  readonly path: string;
  readonly serverName: string;
  readonly retention: string;
}

function objectStore(cluster: Properties, namespace: string, all: readonly Declared[]): Store | undefined {
  const inTree = get(cluster, "spec", "backup", "barmanObjectStore") as Properties | undefined;
  if (inTree !== undefined) {
    return {
      path: text(inTree, "destinationPath"),
      serverName: text(inTree, "serverName"),
      retention: text(cluster, "spec", "backup", "retentionPolicy"),
    };
  }
  const plugins = (get(cluster, "spec", "plugins") ?? []) as Properties[];
  const plugin = plugins.find((p) => p.isWALArchiver === true);
  if (plugin === undefined) return undefined;
  const wanted = text(plugin, "parameters", "barmanObjectName");
  const found = all.find(
    (r) =>
      r.type === "kubernetes:barmancloud.cnpg.io/v1:ObjectStore" &&
      text(r.inputs, "metadata", "name") === wanted &&
      text(r.inputs, "metadata", "namespace") === namespace,
  );
  return {
    path: text(found?.inputs, "spec", "configuration", "destinationPath"),
    serverName: text(plugin, "parameters", "serverName"),
    retention: text(found?.inputs, "spec", "retentionPolicy"),
  };
}

const annotationPath = [
  "spec",
  "serviceAccountTemplate",
  "metadata",
  "annotations",
  "iam.gke.io/gcp-service-account",
];

/** The member under which the cluster's grants on the bucket have to stand. */
function identityOf(cluster: Properties, workload: string, all: readonly Declared[]): string {
  const email = text(cluster, ...annotationPath);
  if (email !== "") return `serviceAccount:${email}`;
  const [namespace, name] = workload.split("/");
  const principal = all.find(
    (r) =>
      r.type === bucketGrantType && text(r.inputs, "member").endsWith(`/subject/ns/${namespace}/sa/${name}`),
  );
  return text(principal?.inputs, "member");
}

const bucketGrantType = "gcp:storage/bucketIAMMember:BucketIAMMember";

function identityRows(cluster: Properties, workload: string, all: readonly Declared[]): AgreementRow[] {
  const email = text(cluster, ...annotationPath);
  if (email === "") {
    const principal = identityOf(cluster, workload, all);
    return [
      {
        what: "KSA ⇄ IAM principal",
        cloud: principal || nothing,
        cluster: workload,
        agrees: principal !== "",
      },
    ];
  }
  const member = all.find(
    (r) =>
      r.type === "gcp:serviceaccount/iAMMember:IAMMember" &&
      text(r.inputs, "role") === "roles/iam.workloadIdentityUser" &&
      text(r.inputs, "member").endsWith(`.svc.id.goog[${workload}]`),
  );
  const account = text(member?.inputs, "serviceAccountId").split("/").at(-1) ?? "";
  return [
    {
      what: "KSA ⇄ IAM member",
      cloud: text(member?.inputs, "member") || nothing,
      cluster: workload,
      agrees: member !== undefined,
    },
    { what: "account ⇄ annotation", cloud: account || nothing, cluster: email, agrees: account === email },
  ];
}

const objectRoles = ["roles/storage.objectUser", "roles/storage.objectAdmin"];
const bucketRoles = [
  "roles/storage.legacyBucketReader",
  "roles/storage.legacyBucketWriter",
  "roles/storage.legacyBucketOwner",
];

function bucketRows(store: Store, member: string, all: readonly Declared[]): AgreementRow[] {
  const [, bucket = "", prefix = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(store.path) ?? [];
  const grants = all.filter(
    (r) =>
      r.type === bucketGrantType &&
      text(r.inputs, "bucket") === bucket &&
      text(r.inputs, "member") === member,
  );
  const covers = (condition: string) =>
    condition === "" || condition.includes(`/buckets/${bucket}/objects/${prefix}/"`);
  const objects = grants.find(
    (r) => objectRoles.includes(text(r.inputs, "role")) && covers(text(r.inputs, "condition", "expression")),
  );
  const reader = grants.find((r) => bucketRoles.includes(text(r.inputs, "role")));
  const limited =
    text(objects?.inputs, "condition", "expression") === "" ? "the whole bucket" : `${prefix}/ only`;
  return [
    {
      what: "bucket and prefix ⇄ destinationPath",
      cloud: objects === undefined ? nothing : `gs://${bucket}, ${limited}`,
      cluster: `${store.path} (server ${store.serverName})`,
      agrees: objects !== undefined && !store.path.endsWith(`/${store.serverName}`),
    },
    {
      what: "roles ⇄ what Barman calls",
      cloud: [objects, reader].map((r) => text(r?.inputs, "role") || nothing).join(", "),
      cluster: "objects get, list, create, delete; bucket get",
      agrees: objects !== undefined && reader !== undefined,
    },
  ];
}

const day = 86_400;

function timeRows(
  cluster: Properties,
  namespace: string,
  store: Store,
  all: readonly Declared[],
): AgreementRow[] {
  const bucket = /^gs:\/\/([^/]+)/.exec(store.path)?.[1] ?? "";
  const rules = (get(
    all.find((r) => r.type === "gcp:storage/bucket:Bucket" && text(r.inputs, "name") === bucket)?.inputs,
    "lifecycleRules",
  ) ?? []) as Properties[];
  const ages = rules
    .map((rule) => get(rule, "condition", "age"))
    .filter((age): age is number => typeof age === "number");
  const deleteAge = ages.length === 0 ? undefined : Math.min(...ages);
  const schedules = all.filter(
    (r) =>
      r.type === "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup" &&
      text(r.inputs, "metadata", "namespace") === namespace &&
      text(r.inputs, "spec", "cluster", "name") === text(cluster, "metadata", "name"),
  );
  const parsed = units.parseSchedule(text(schedules[0]?.inputs, "spec", "schedule"));
  const retention = units.parseRetention(store.retention);
  const interval = parsed.ok
    ? Math.ceil(units.longestInterval(parsed.value) / day)
    : Number.POSITIVE_INFINITY;
  const needed = retention.ok ? retention.value.days + interval : Number.POSITIVE_INFINITY;
  const managed = all.some(
    (r) => r.type === "gcp:storage/bucket:Bucket" && text(r.inputs, "name") === bucket,
  );
  return [
    {
      what: "delete age > retention + interval",
      cloud: managed
        ? deleteAge === undefined
          ? "never deletes"
          : `${deleteAge} days`
        : "managed elsewhere",
      cluster: `${store.retention || nothing} + ${interval} day(s)`,
      agrees: Number.isFinite(needed) && (deleteAge === undefined || deleteAge > needed),
    },
    {
      what: "schedule",
      cloud: nothing,
      cluster: parsed.ok ? units.describeSchedule(parsed.value) : "none",
      agrees: parsed.ok,
    },
  ];
}

/** The comparison as a table for each cluster. */
export function formatAgreements(list: readonly ClusterAgreement[]): string {
  return list
    .map(({ cluster, rows }) => {
      const table = [{ what: cluster, cloud: "cloud half", cluster: "cluster half" }, ...rows];
      const width = (column: "what" | "cloud") => Math.max(...table.map((row) => row[column].length));
      const [what, cloud] = [width("what"), width("cloud")];
      const line = (row: (typeof table)[number], mark: string) =>
        `  ${mark} ${row.what.padEnd(what)}  ${row.cloud.padEnd(cloud)}  ${row.cluster}`.trimEnd();
      return [
        line(table[0] as AgreementRow, " "),
        ...rows.map((row) => line(row, row.agrees ? "✓" : "✗")),
      ].join("\n");
    })
    .join("\n\n");
}

function get(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined),
    value,
  );
}

function text(value: unknown, ...path: string[]): string {
  const found = get(value, ...path);
  return typeof found === "string" ? found : "";
}
