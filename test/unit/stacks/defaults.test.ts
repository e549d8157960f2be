import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { load } from "js-yaml";
import { defaults } from "../../../components/args/defaults";
import { profiles } from "../../../components/args/profiles";
import { decideEnvironment } from "../../../components/environment/decide";
import { BackupIdentity } from "../../../components/index";
import { decidePlatform } from "../../../components/platform/decide";
import { Problems } from "../../../components/problems";
import { loadAll } from "../../../stacks/load";
import { record } from "../../helpers/mocks";
import { asEngine, type BadStack, badStacks, type Settings, settingsOf } from "./badStacks";

type Table = Record<string, Record<string, unknown>>;

/** Everything that has defaults, with as few settings as it takes. */
const credentials = (one: object) => ({ credentials: one });
const application = [{ namespace: "shop" }];
const google: Settings = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:clusters": {
    shop: {
      namespace: "shop-db",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
      instances: 3,
      synchronous: { number: 1 },
      placement: { antiAffinity: "preferred" },
      databases: { shop: { applications: application } },
      roles: {
        made: credentials({ random: {} }),
        read: credentials({ externalSecret: { store: "vault", key: "shop" } }),
        generated: { ...credentials({ generator: {} }), grants: { shop: { read: ["public"] } } },
        member: { inRoles: ["pg_read_all_data"] },
      },
      servers: { old: { host: "old.example.com", user: "u", password: { secret: "old", key: "p" } } },
      publications: { all: { database: "shop", allTables: true } },
      subscriptions: {
        from: { server: "old", database: "shop", publication: "p", publicationDatabase: "old" },
      },
      certificates: { server: { issuer: { name: "ca" } }, applications: { namespaces: ["shop"] } },
      backup: { manual: { now: {} } },
      poolers: { web: { serviceAnnotations: { a: "b" } } },
      exports: { nightly: { schedule: "@daily" } },
    },
    catalogued: {
      namespace: "catalogued",
      imageCatalog: { name: "postgresql", major: 17 },
      importDump: { from: { objectPrefix: "exports/shop/shop" } },
    },
    copy: {
      namespace: "copy",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
      recoverFrom: { bucket: "acme-prod-backups", cluster: "shop", serverName: "shop-g1", postgresMajor: 17 },
      databases: { app: {} },
      masking: { app: { sql: ["UPDATE people SET name = 'x'"] } },
    },
    follower: {
      namespace: "follower",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
      recoverFrom: { bucket: "acme-prod-backups", cluster: "shop", serverName: "shop-g1", postgresMajor: 17 },
      replica: {},
      databases: { app: {} },
    },
  },
};
const s3: Settings = {
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:backups": {
    bucket: "acme-backups",
    s3: { endpoint: "https://minio.example.com", credentials: { secret: "s3" } },
  },
  "pulumi-cnpg:exports": { s3: { credentials: { secret: "s3-exports" } } },
  "pulumi-cnpg:monitoring": { backend: "gmp" },
  "pulumi-cnpg:network": { policies: "enforce", apiServer: { cidrs: ["172.16.0.2/32"] } },
  "pulumi-cnpg:clusters": {
    shop: {
      namespace: "shop-db",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
      exports: { nightly: { schedule: "@daily" } },
    },
  },
};

const platform: Settings = {
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:imagePullConfig": '{"auths":{"ghcr.io":{}}}',
  "pulumi-cnpg:platform": { storageClasses: { databases: {} } },
};

const watched: Settings = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west1",
  "pulumi-cnpg:profile": "dev",
  "pulumi-cnpg:monitoring": { backend: "prometheusOperator", operator: { enabled: true } },
  "pulumi-cnpg:network": {
    policies: "enforce",
    apiServer: { cidrs: ["172.16.0.2/32"] },
    operator: true,
    monitoring: { namespace: "monitoring" },
  },
  "pulumi-cnpg:clusters": {
    shop: {
      namespace: "shop-db",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
      storage: { size: "100Gi" },
      instances: 3,
      poolers: { rw: {} },
      certificates: { server: { issuer: { name: "ca" } } },
    },
    other: {
      namespace: "other",
      image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
    },
  },
};

const plain = (_: string, value: unknown): unknown => {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === "bigint" ? String(value) : value;
};

/** What is decided of both files, as text; what is refused too. */
function decided(): string {
  return [google, s3, watched, platform]
    .map((config) => {
      const problems = new Problems();
      try {
        const { environment, platform } = loadAll("dev", asEngine(config));
        const plan = [
          environment && decideEnvironment(problems, "dev", environment),
          platform && decidePlatform(problems, "platform", platform),
        ];
        return JSON.stringify([problems.list, plan], plain);
      } catch (error) {
        return (error as Error).message;
      }
    })
    .join("\n");
}

/** What a program declares that asks for a job's identity, which stack files do not. */
async function declared(): Promise<string> {
  const tenant = { namespace: "shop", cluster: "shop", bucket: "acme-dumps", prefix: "exports/shop" };
  const { list } = await record(() => {
    new BackupIdentity("dev", {
      project: "acme-dev",
      bucket: "acme",
      tenants: [],
      jobs: [{ ...tenant, purpose: "export" }],
    });
  });
  return JSON.stringify(list);
}

/** Another value of the same kind that may stand there too. */
const others: Readonly<Record<string, unknown>> = {
  "PostgresEnvironmentArgs.operatorVersion": "1.29.0",
  "OperatorArgs.version": "1.30.0",
  "OperatorArgs.logLevel": "debug",
  "PluginArgs.version": "0.14.0",
  "PluginArgs.logLevel": "debug",
  "EnvironmentBackups.method": "inTree",
  "EnvironmentBackups.identity": "perCluster",
  "BucketSettings.storageClass": "NEARLINE",
  "BackupSettings.schedule": "0 0 4 * * *",
  "BackupSettings.walCompression": "lz4",
  "BackupSettings.dataCompression": "lz4",
  "SynchronousArgs.method": "first",
  "SynchronousArgs.dataDurability": "preferred",
  "ClusterArgs.primaryUpdateStrategy": "supervised",
  "ClusterArgs.primaryUpdateMethod": "switchover",
  "ImageCatalogArgs.kind": "ImageCatalog",
  "DatabaseArgs.reclaimPolicy": "delete",
  "RoleArgs.reclaimPolicy": "delete",
  "PublicationArgs.reclaimPolicy": "delete",
  "SubscriptionArgs.reclaimPolicy": "retain",
  "ExternalSecretCredentials.kind": "SecretStore",
  "ApplicationArgs.service": "ro",
  "ApplicationArgs.sslmode": "verify-full",
  "PoolerArgs.type": "r",
  "PoolerArgs.poolMode": "transaction",
  "PoolerArgs.serviceType": "NodePort",
  "PoolerPlacementArgs.antiAffinity": "required",
  "IssuerArgs.kind": "ClusterIssuer",
  "PlacementArgs.antiAffinity": "off",
};

function other(name: string, value: unknown): unknown {
  if (others[name] !== undefined) return others[name];
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value === 16 ? 32 : value + 1;
  const text = String(value);
  return /^\d/.test(text) ? text.replace(/^\d+/, (digits) => String(Number(digits) + 1)) : `${text}x`;
}

describe("A default in the tables of the code", () => {
  const all = async () => `${decided()}\n${await declared()}`;
  let unchanged = "";
  before(async () => {
    unchanged = await all();
  });

  for (const [called, table] of [
    ["the same everywhere", defaults],
    ["of profile dev", profiles.dev],
  ] as const)
    for (const [owner, fields] of Object.entries(table as unknown as Table))
      for (const [field, value] of Object.entries(fields))
        it(`decides something, and is written nowhere else: ${owner}.${field}, ${called}`, async () => {
          fields[field] = other(`${owner}.${field}`, value);
          try {
            assert.ok((await all()) !== unchanged, "the same is decided with another value");
          } finally {
            fields[field] = value;
          }
        });

  it("can be decided with, all of them together", () => {
    for (const line of decided().split("\n")) assert.match(line, /^\[\[\],/);
  });
});

describe("The JSON Schema of stack files", () => {
  const root = join(__dirname, "../../..");
  const schema = JSON.parse(readFileSync(join(root, "stacks/schema.json"), "utf8")) as object;
  const judge = new Ajv({ allowUnionTypes: true }).compile(schema);
  const wrongIn = (file: unknown) =>
    judge(file) ? [] : (judge.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);

  for (const stack of ["dev", "prod", "s3", "dev-clone", "platform"])
    it(`takes the stack that is here: ${stack}`, () => {
      const file = load(readFileSync(join(root, `stacks/Pulumi.${stack}.yaml`), "utf8"));
      assert.deepEqual(wrongIn(file), []);
    });

  it("takes the files with every setting", () => {
    for (const file of [load(readFileSync(join(__dirname, "everySetting.yaml"), "utf8"))])
      assert.deepEqual(wrongIn(file), []);
  });

  it("takes a key of a store encrypted only, and what Pulumi reads as text unquoted", () => {
    const needed = { "pulumi-cnpg:profile": "dev", "pulumi-cnpg:clusters": { o: { namespace: "o" } } };
    const file = (more: object) => ({ config: { ...needed, ...more } });
    assert.deepEqual(wrongIn(file({ "pulumi-cnpg:s3SecretAccessKey": { secure: "v1:abc" } })), []);
    assert.notDeepEqual(wrongIn(file({ "pulumi-cnpg:s3SecretAccessKey": "planted" })), []);
    assert.deepEqual(wrongIn(file({ "pulumi-cnpg:environment": 2026, "pulumi-cnpg:exports": null })), []);
  });

  it("refuses every file whose shape the program refuses", () => {
    const shape =
      /There is no such setting|expected (text|a number|true or false|settings below|names with|a list, such as \[first)/;
    const cases = badStacks().flatMap(([, all]) =>
      all.filter(({ says }) => says.some((line) => shape.test(line))),
    );
    const taken = cases.filter((bad: BadStack) => wrongIn({ config: settingsOf(bad) }).length === 0);
    assert(cases.length > 15);
    assert.deepEqual(
      taken.map(({ it: name }) => name),
      [],
    );
  });
});
