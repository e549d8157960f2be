import fc from "fast-check";
import { image } from "./samples";

/** Settings of a stack file that is edited again and again. */
export interface Settings {
  [key: string]: unknown;
}

/** One edit: what it is, and how it changes the file. Which cluster it is about is a number that wraps around. */
export interface Edit {
  readonly what: string;
  readonly change: (settings: Settings) => void;
}

const clustersKey = "pulumi-cnpg:clusters";

/** A stack of one small cluster. */
export const firstSettings = (): Settings => ({
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:backups": { bucket: "acme-pg" },
  [clustersKey]: { orders: newCluster("one") },
});

const newCluster = (namespace: string): Settings => ({
  namespace,
  image,
  databases: { app: { owner: "app" } },
  initdb: { database: "app" },
});

const clustersIn = (settings: Settings) => settings[clustersKey] as { [key: string]: Settings };
const part = (of: Settings, key: string): Settings => {
  of[key] ??= {};
  return of[key] as Settings;
};

const names = fc.constantFrom("orders", "shop", "billing", "orders-2");
const namespaces = fc.constantFrom("one", "two", "three");
const which = fc.nat(5);

/** An edit that a failed test shows by what it is. */
const edit = (what: string, change: Edit["change"]): Edit => {
  const made = { what, change };
  Object.defineProperty(made, fc.toStringMethod, { value: () => what });
  return made;
};

/** An edit of the n-th cluster. */
const ofCluster = <T>(
  what: string,
  value: fc.Arbitrary<T>,
  change: (cluster: Settings, value: T, key: string, all: { [key: string]: Settings }) => void,
): fc.Arbitrary<Edit> =>
  fc.tuple(which, value).map(([n, drawn]) =>
    edit(`${what} of cluster ${n}: ${JSON.stringify(drawn)}`, (settings) => {
      const all = clustersIn(settings);
      const keys = Object.keys(all);
      const key = keys[n % keys.length] as string;
      change(all[key] as Settings, drawn, key, all);
    }),
  );

const ofStack = <T>(
  what: string,
  value: fc.Arbitrary<T>,
  change: (settings: Settings, value: T) => void,
): fc.Arbitrary<Edit> =>
  value.map((drawn) => edit(`${what}: ${JSON.stringify(drawn)}`, (settings) => change(settings, drawn)));

const backups = <T>(key: string, value: fc.Arbitrary<T>) =>
  ofStack(`backups.${key}`, value, (settings, drawn) => {
    part(settings, "pulumi-cnpg:backups")[key] = drawn;
  });
const backup = <T>(key: string, value: fc.Arbitrary<T>) =>
  ofCluster(`backup.${key}`, value, (cluster, drawn) => {
    part(cluster, "backup")[key] = drawn;
  });
const archivePrefixes = fc.constantFrom(
  "cnpg/orders",
  "cnpg/shop",
  "pg/orders",
  "cnpg/dev/orders",
  undefined,
);

/** Edits of all that tells one object from another, and of what does not. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  ofCluster("another key, with the same name", names, (cluster, to, key, all) => {
    if (Object.hasOwn(all, to)) return;
    delete all[key];
    all[to] = { name: key, ...cluster };
  }),
  ofCluster("another key", names, (cluster, to, key, all) => {
    if (Object.hasOwn(all, to)) return;
    delete all[key];
    all[to] = cluster;
  }),
  ofCluster("name", fc.option(names, { nil: undefined }), (cluster, name) => {
    cluster.name = name;
  }),
  ofCluster("namespace", namespaces, (cluster, namespace) => {
    cluster.namespace = namespace;
  }),
  ofCluster("namespace and generation", namespaces, (cluster, namespace) => {
    cluster.namespace = namespace;
    cluster.generation = Number(cluster.generation ?? 1) + 1;
  }),
  ofCluster("generation", fc.constantFrom(-1, 1, 2), (cluster, by) => {
    cluster.generation = Math.max(1, Number(cluster.generation ?? 1) + by);
  }),
  ofCluster("a restore in place", fc.constant(1), (cluster) => {
    const generation = Number(cluster.generation ?? 1);
    cluster.generation = generation + 1;
    cluster.recoverFrom = { generation };
    delete cluster.initdb;
  }),
  ofCluster("nothing of a restore any more", fc.constant(0), (cluster) => {
    delete cluster.recoverFrom;
    cluster.initdb ??= { database: "app" };
  }),
  ofCluster("swapped with the first", fc.constant(0), (cluster, _, key, all) => {
    const [first = key] = Object.keys(all);
    const other = all[first] as Settings;
    [cluster.name, other.name] = [other.name ?? first, cluster.name ?? key];
    [cluster.namespace, other.namespace] = [other.namespace, cluster.namespace];
  }),
  ofCluster("taken out", fc.constant(0), (_, __, key, all) => {
    if (Object.keys(all).length > 1) delete all[key];
  }),
  ofStack("added", fc.tuple(names, namespaces), (settings, [key, namespace]) => {
    const all = clustersIn(settings);
    if (!Object.hasOwn(all, key)) all[key] = newCluster(namespace);
  }),
  backup("prefix", archivePrefixes),
  ofCluster("backup.serverName", fc.constantFrom("orders-g1", "orders-g2", undefined), (cluster, server) => {
    part(cluster, "backup").serverName = server;
    delete cluster.generation;
  }),
  backup("enabled", fc.boolean()),
  backups("bucket", fc.constantFrom("acme-pg", "acme-pg-2", undefined)),
  backups("existingBucket", fc.boolean()),
  ofStack("a bucket of others", fc.constantFrom("acme-shared", "acme-pg"), (settings, bucket) => {
    const existing = { bucket, existingBucket: true, deleteAge: "60d" };
    settings["pulumi-cnpg:backups"] = existing;
  }),
  backups("prefix", fc.constantFrom("cnpg", "pg", undefined)),
  backups("location", fc.constantFrom("EU", "europe-west1", undefined)),
  ofStack("environment", fc.constantFrom("dev", "stage", undefined), (settings, name) => {
    settings["pulumi-cnpg:environment"] = name;
  }),
  ofStack("region", fc.constantFrom("europe-west1", "europe-west4"), (settings, region) => {
    settings["gcp:region"] = region;
  }),
  ofStack("project", fc.constantFrom("acme-dev", "acme-other"), (settings, project) => {
    settings["gcp:project"] = project;
  }),
  ofCluster("databases", fc.constantFrom(["app"], ["app", "more"], ["more"]), (cluster, databases) => {
    cluster.databases = Object.fromEntries(databases.map((name) => [name, { owner: "app" }]));
  }),
  ofCluster("storage", fc.constantFrom("10Gi", "20Gi"), (cluster, size) => {
    cluster.storage = { size };
  }),
  ofCluster("poolers", fc.constantFrom({}, { rw: {} }, { main: { type: "rw" } }), (cluster, poolers) => {
    cluster.poolers = poolers;
  }),
);

/** The file after an edit. */
export function edited(settings: Settings, { change }: Edit): Settings {
  const next = structuredClone(settings);
  change(next);
  // What an editor writes: nothing for what there is not.
  return JSON.parse(JSON.stringify(next)) as Settings;
}
