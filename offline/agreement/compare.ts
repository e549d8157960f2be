import { units } from "../../components/index";
import { get, text } from "../properties";
import type { Properties } from "../provider";
import type { Declared } from "../providers";
import { dumpRows } from "./dumps";
import { type AgreementRow, Found, nothing, objectRoles, type Store } from "./found";
import { recoveryRows } from "./recovery";
import { s3Rows } from "./s3";

/** What the two halves of one cluster say of the same things. */
export interface ClusterAgreement {
  /** `<namespace>/<cluster>`. */
  readonly cluster: string;
  readonly rows: readonly AgreementRow[];
}

/**
 * Compares the two halves of every Cluster, from the declared resources themselves: nothing here knows how the
 * components came by them, so a mistake in them shows.
 */
export function agreements(declared: Iterable<Declared>): ClusterAgreement[] {
  const found = new Found(declared);
  return found.clusters
    .map((cluster) => compare(cluster, found))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

function compare(cluster: Properties, found: Found): ClusterAgreement {
  const name = text(cluster, "metadata", "name");
  const namespace = text(cluster, "metadata", "namespace");
  const workload = `${namespace}/${name}`;
  const store = objectStore(cluster, namespace, found);
  if (store === undefined)
    return {
      cluster: workload,
      rows: [
        {
          what: "backups",
          cloud: nothing,
          cluster: "none",
          agrees: true,
          open: true,
          warning: "is not backed up: what it holds is lost with its volume",
        },
        ...dumpRows(workload, undefined, found),
      ],
    };
  const email = text(cluster, ...annotationPath);
  // The member under which the cluster's grants on the bucket have to stand.
  const member = email === "" ? (found.principals.get(workload) ?? "") : `serviceAccount:${email}`;
  return {
    cluster: workload,
    rows: [
      ...(store.path.startsWith("s3://")
        ? s3Rows(cluster, namespace, store, found)
        : [...identityRows(email, member, workload, found), ...bucketRows(store, member, found)]),
      ...timeRows(workload, store, found),
      ...recoveryRows(cluster, namespace, store, member, found),
      ...dumpRows(workload, store, found),
    ],
  };
}

function objectStore(cluster: Properties, namespace: string, found: Found): Store | undefined {
  const located = (configuration: unknown, serverName: string, retention: string, env: unknown): Store => {
    const path = text(configuration, "destinationPath");
    const [, bucket = "", prefix = ""] = /^(?:gs|s3):\/\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const variables = (env ?? []) as { name: string; value: string }[];
    const map = new Map(variables.map(({ name, value }) => [name, value]));
    return { bucket, prefix, path, serverName, retention, configuration, env: map };
  };
  const inTree = get(cluster, "spec", "backup", "barmanObjectStore") as Properties | undefined;
  if (inTree !== undefined) {
    return located(
      inTree,
      text(inTree, "serverName"),
      text(cluster, "spec", "backup", "retentionPolicy"),
      get(cluster, "spec", "env"),
    );
  }
  const plugins = (get(cluster, "spec", "plugins") ?? []) as Properties[];
  const plugin = plugins.find((p) => p.isWALArchiver === true);
  if (plugin === undefined) return undefined;
  const store = found.stores.get(`${namespace}/${text(plugin, "parameters", "barmanObjectName")}`);
  return located(
    get(store, "spec", "configuration"),
    text(plugin, "parameters", "serverName"),
    text(store, "spec", "retentionPolicy"),
    get(store, "spec", "instanceSidecarConfiguration", "env"),
  );
}

const annotationPath = [
  "spec",
  "serviceAccountTemplate",
  "metadata",
  "annotations",
  "iam.gke.io/gcp-service-account",
];

function identityRows(email: string, member: string, workload: string, found: Found): AgreementRow[] {
  if (email === "")
    return [
      { what: "KSA ⇄ IAM principal", cloud: member || nothing, cluster: workload, agrees: member !== "" },
    ];
  const grant = found.members.get(workload);
  const account = text(grant, "serviceAccountId").split("/").at(-1) ?? "";
  return [
    {
      what: "KSA ⇄ IAM member",
      cloud: text(grant, "member") || nothing,
      cluster: workload,
      agrees: grant !== undefined,
    },
    { what: "account ⇄ annotation", cloud: account || nothing, cluster: email, agrees: account === email },
  ];
}
const bucketRoles = [
  "roles/storage.bucketViewer",
  "roles/storage.legacyBucketReader",
  "roles/storage.legacyBucketWriter",
  "roles/storage.legacyBucketOwner",
];

function bucketRows(store: Store, member: string, found: Found): AgreementRow[] {
  const { bucket, prefix } = store;
  const grants = found.grants.get(`${bucket} ${member}`) ?? [];
  const covers = (condition: string) =>
    condition === "" || condition.includes(`/buckets/${bucket}/objects/${prefix}/"`);
  const objects = grants.find(
    (g) => objectRoles.includes(text(g, "role")) && covers(text(g, "condition", "expression")),
  );
  const reader = grants.find((g) => bucketRoles.includes(text(g, "role")));
  const limited = text(objects, "condition", "expression") === "" ? "the whole bucket" : `${prefix}/ only`;
  return [
    {
      what: "bucket and prefix ⇄ destinationPath",
      cloud: objects === undefined ? nothing : `gs://${bucket}, ${limited}`,
      cluster: `${store.path} (server ${store.serverName})`,
      agrees: objects !== undefined && !store.path.endsWith(`/${store.serverName}`),
    },
    {
      what: "roles ⇄ what Barman calls",
      cloud: [objects, reader].map((g) => text(g, "role") || nothing).join(", "),
      cluster: "objects get, list, create, delete; bucket get",
      agrees: objects !== undefined && reader !== undefined,
    },
  ];
}

const day = 86_400;

function timeRows(workload: string, store: Store, found: Found): AgreementRow[] {
  const bucket = found.buckets.get(store.bucket);
  const rules = (get(bucket, "lifecycleRules") ?? []) as Properties[];
  const ages = rules
    .map((rule) => get(rule, "condition", "age"))
    .filter((age): age is number => typeof age === "number");
  const deleteAge = ages.length === 0 ? undefined : Math.min(...ages);
  const schedule = found.schedules.get(workload);
  const suspended = get(schedule, "spec", "suspend") === true;
  const parsed = units.parseSchedule(text(schedule, "spec", "schedule"));
  const retention = units.parseRetention(store.retention);
  const interval = parsed.ok
    ? Math.ceil(units.longestInterval(parsed.value) / day)
    : Number.POSITIVE_INFINITY;
  const needed = retention.ok ? retention.value.days + interval : Number.POSITIVE_INFINITY;
  return [
    {
      what: "delete age > retention + interval",
      cloud:
        bucket !== undefined
          ? deleteAge === undefined
            ? "never deletes"
            : `${deleteAge} days`
          : "managed elsewhere",
      cluster: `${store.retention || nothing} + ${interval} day(s)`,
      agrees: Number.isFinite(needed) && (deleteAge === undefined || deleteAge > needed),
      open: bucket === undefined,
    },
    {
      what: "schedule",
      cloud: nothing,
      cluster: parsed.ok
        ? `${units.describeSchedule(parsed.value)}${suspended ? ", suspended" : ""}`
        : "none",
      agrees: parsed.ok,
      ...(suspended && { open: true, warning: "makes no base backups: its schedule is suspended" }),
    },
  ];
}
