import assert from "node:assert/strict";
import { join } from "node:path";
import { PostgresEnvironment, summariesOf } from "../../components/index";
import { readProject, readStackFile } from "../../offline/stackFile";
import { loadStack } from "../../stacks/load";
import type { Sources } from "../../stacks/sources";
import { recordValid } from "../helpers/samples";
import { type Declared, type Finding, judgeAll } from "./twins";

const root = join(__dirname, "../..");
const configOf = (stack: string) => readStackFile(root, readProject(root), stack).config;
const prod: Sources = new Map([
  ["acme/pulumi-cnpg/prod", { clusters: summariesOf("prod", loadStack("prod", configOf("prod"))) }],
]);

type Settings = Readonly<Record<string, unknown>>;

/** Everything that a reference stack declares, with other settings of its cluster orders-db. */
async function declared(stack: string, changes: Settings = {}): Promise<Declared[]> {
  const config = configOf(stack);
  const key = "pulumi-cnpg:clusters";
  const clusters = JSON.parse(config[key] ?? "{}") as Record<string, Settings>;
  const changed = { ...clusters, "orders-db": { ...clusters["orders-db"], ...changes } };
  const args = loadStack(stack, { ...config, [key]: JSON.stringify(changed) }, prod);
  const { resources } = await recordValid(() => new PostgresEnvironment(stack, args));
  return resources.map(({ type, name, inputs, options }) => ({
    stack,
    type,
    name,
    inputs: structuredClone(inputs) as { [key: string]: unknown },
    protect: options.protect === true,
  }));
}

/** What is rendered once and broken often. */
const cache = new Map<() => Promise<Declared[]>, Promise<Declared[]>>();
async function copyOf(make: () => Promise<Declared[]>): Promise<Declared[]> {
  const made = cache.get(make) ?? make();
  cache.set(make, made);
  return structuredClone(await made);
}

/** Prod, and its clone in a namespace of its own, masked and with an end. */
const withClone = async () => [
  ...(await declared("prod")),
  ...(await declared("dev-clone", {
    namespace: "orders-dev",
    timeToLive: "72h",
    masking: { orders: { sql: ["UPDATE customers SET email = 'x'"] } },
  })),
];

const restored = () => declared("prod", { generation: 2, recoverFrom: { generation: 1 }, protect: false });

const kindOf = ({ type }: Declared) => type.split(":").at(-1);
const isClone = ({ stack }: Declared) => stack === "dev-clone";

/** Changes something deep inside of one resource. */
function set(resource: Declared | undefined, value: unknown, ...path: (string | number)[]): void {
  assert(resource !== undefined, path.join("."));
  let inner = resource.inputs as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) inner = inner[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  assert(last in inner || value !== undefined, `there is no ${path.join(".")} to take out`);
  if (value === undefined) delete inner[last];
  else inner[last] = value;
}

const cluster = (all: Declared[]) => all.find((one) => isClone(one) && kindOf(one) === "Cluster");
const store = (all: Declared[], name: string) =>
  all.find((one) => isClone(one) && kindOf(one) === "ObjectStore" && one.name === name);
const sourceStore = (all: Declared[]) => store(all, "dev-clone/orders-db/source");
const place = ["spec", "configuration", "destinationPath"];
const recovery = ["spec", "bootstrap", "recovery"];
const parametersOf = (list: string, ...path: string[]) => ["spec", list, 0, ...path, "parameters"];

interface Twin {
  readonly it: string;
  /** Rules that have to say something, and no other may. */
  readonly rules: readonly string[];
  readonly of: () => Promise<Declared[]>;
  readonly broken: (all: Declared[]) => Declared[] | undefined;
}

const twins: readonly Twin[] = [
  {
    it: "a clone that archives where its source does",
    rules: ["barman-archive-shared", "barman-recovery-own-archive", "halves-bucket-permissions"],
    of: withClone,
    broken: (all) =>
      void set(store(all, "dev-clone/orders-db"), "gs://acme-prod-postgres-backups/cnpg/orders-db", ...place),
  },
  {
    it: "a clone under the server name of its source, in one store",
    rules: [
      "barman-archive-shared",
      "barman-archive-staged",
      "barman-recovery-own-archive",
      "halves-bucket-permissions",
    ],
    of: withClone,
    broken: (all) =>
      void set(cluster(all), "orders-db-source", ...parametersOf("plugins"), "barmanObjectName"),
  },
  {
    it: "a clone whose identity may not read its source",
    rules: ["halves-bucket-role"],
    of: withClone,
    broken: (all) =>
      all.filter(
        (one) =>
          !(isClone(one) && one.name.endsWith("/orders-db/source") && kindOf(one) === "BucketIAMMember"),
      ),
  },
  {
    it: "a clone that may write to its source",
    rules: ["iam-source-read-only"],
    of: withClone,
    broken: (all) =>
      void set(
        all.find(
          (one) =>
            isClone(one) && one.name.endsWith("/orders-db/source") && kindOf(one) === "BucketIAMMember",
        ),
        "roles/storage.objectUser",
        "role",
      ),
  },
  {
    it: "a clone of another major",
    rules: ["cnpg-recovery-major"],
    of: withClone,
    broken: (all) =>
      void set(cluster(all), "ghcr.io/cloudnative-pg/postgresql:18.1-standard-trixie", "spec", "imageName"),
  },
  {
    it: "a clone without database and owner, which CNPG takes for app",
    rules: ["cnpg-recovery-database", "cnpg-recovery-database-differs"],
    of: withClone,
    broken(all) {
      for (const key of ["database", "owner", "secret"]) set(cluster(all), undefined, ...recovery, key);
    },
  },
  {
    it: "a clone of another database than its source has",
    rules: ["cnpg-recovery-database-differs"],
    of: withClone,
    broken: (all) => void set(cluster(all), "order", ...recovery, "database"),
  },
  {
    it: "a clone from nowhere",
    rules: ["cnpg-recovery-source"],
    of: withClone,
    broken: (all) => void set(cluster(all), "prod", ...recovery, "source"),
  },
  {
    it: "a retention for the source's backups",
    rules: ["barman-source-retention"],
    of: withClone,
    broken: (all) => void set(sourceStore(all), "7d", "spec", "retentionPolicy"),
  },
  {
    it: "a clone of prod that nothing masks",
    rules: ["cnpg-clone-masked"],
    of: withClone,
    broken: (all) => all.filter((one) => kindOf(one) !== "Job"),
  },
  {
    it: "a clone with a pg_hba that trusts",
    rules: ["cnpg-hba-trust"],
    of: withClone,
    broken: (all) => void set(cluster(all), ["host all all all trust"], "spec", "postgresql", "pg_hba"),
  },
  {
    it: "a time to live with the right to delete any Cluster",
    rules: ["k8s-job-deletes-clusters"],
    of: withClone,
    broken: (all) =>
      void set(
        all.find((one) => kindOf(one) === "Role"),
        undefined,
        "rules",
        0,
        "resourceNames",
      ),
  },
  {
    it: "a clone that skips the check for an empty archive",
    rules: ["cnpg-empty-archive-check"],
    of: withClone,
    broken: (all) =>
      void set(cluster(all), { "cnpg.io/skipEmptyWalArchiveCheck": "enabled" }, "metadata", "annotations"),
  },
  {
    it: "a production cluster that goes on with another one's archive as its beginning",
    rules: ["cnpg-recovery-in-production"],
    of: restored,
    broken: (all) =>
      void set(
        all.find((one) => kindOf(one) === "ObjectStore" && one.name === "prod/orders-db/source"),
        "gs://acme-prod-postgres-backups/legacy/orders-db",
        ...place,
      ),
  },
  {
    it: "a restore in place that archives as its former generation did",
    rules: ["barman-recovery-own-archive"],
    of: restored,
    broken: (all) =>
      void set(
        all.find((one) => kindOf(one) === "Cluster" && one.name === "prod/orders-db"),
        "orders-db-g1",
        ...parametersOf("plugins"),
        "serverName",
      ),
  },
];

const described = (findings: readonly Finding[]) =>
  findings.map(({ rule, where, message }) => `${rule} ${where}: ${message}`).join("\n");

describe("What our components make of a copy", () => {
  for (const [what, make] of [
    ["prod", () => declared("prod")],
    ["dev", () => declared("dev")],
    ["a masked clone of prod beside it", withClone],
    ["a restore in place in prod", restored],
  ] as const)
    it(`is clean under the strict pack: ${what}`, async () => {
      assert.equal(described(judgeAll(await copyOf(make))), "");
    });

  for (const twin of twins)
    it(`is caught when it is broken: ${twin.it}`, async () => {
      const all = await copyOf(twin.of);
      const findings = judgeAll(twin.broken(all) ?? all);
      const said = [...new Set(findings.map(({ rule }) => rule))].sort();
      assert.deepEqual(said, [...twin.rules].sort(), described(findings));
    });
});
