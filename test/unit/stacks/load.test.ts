import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { PostgresEnvironment, type PostgresEnvironmentArgs, summariesOf } from "../../../components/index";
import { readProject, readStackFile } from "../../../offline/stackFile";
import { loadAll, loadStack } from "../../../stacks/load";
import { stackSchema } from "../../../stacks/schema";
import type { Sources } from "../../../stacks/sources";
import { deepFreeze } from "../../helpers/mocks";
import { recordValid, types } from "../../helpers/samples";
import { asEngine, good, type Settings } from "./badStacks";
import { settingsIn } from "./settingsIn";

const root = join(__dirname, "../../..");
const configOf = (stack: string, file?: string) => readStackFile(root, readProject(root), stack, file).config;

/** What the stack answers that one of its clusters is recovered from. */
const prod: Sources = new Map([
  ["acme/pulumi-cnpg/prod", { clusters: summariesOf("prod", loadStack("prod", configOf("prod"))) }],
]);
const everySetting = () => configOf("staging", join(__dirname, "everySetting.yaml"));

/** Files that have the rest: stacks that archive to S3, in each of the ways to get in. */
const everySettingS3 = (
  load(readFileSync(join(__dirname, "everySettingS3.yaml"), "utf8")) as { it: string; config: Settings }[]
).map(({ it: name, config }) => ({ name, config: asEngine(config) }));

describe("A good stack file", () => {
  it("of dev loads as what it says, and nothing is filled in yet", () => {
    assert.deepEqual(loadStack("dev", configOf("dev")), {
      project: "acme-dev",
      region: "europe-west1",
      profile: "dev",
      clusters: {
        "orders-db": {
          namespace: "orders",
          image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
          databases: { orders: { owner: "orders", extensions: ["vector"] } },
        },
      },
    });
  });

  it("of prod loads, with both of its clusters", () => {
    const { profile, clusters, backups } = loadStack("prod", configOf("prod"));
    assert.equal(profile, "prod");
    assert.deepEqual(Object.keys(clusters).sort(), ["billing-db", "orders-db"]);
    assert.equal(backups?.retention, "30d");
  });

  it("may have every setting that there is, and all that it renders is valid", async () => {
    const args = deepFreeze(loadStack("staging", everySetting(), prod));
    const recording = await recordValid(() => new PostgresEnvironment("staging", args));
    assert.equal(recording.all(types.cluster).length, 14);
    assert.equal(recording.all(types.bucket).length, 1);
  });

  for (const { name, config } of everySettingS3)
    it(`may have every setting of S3, with ${name}, and nothing of Google's is declared`, async () => {
      const args = deepFreeze(loadStack("staging", config));
      const recording = await recordValid(() => new PostgresEnvironment("staging", args));
      assert.deepEqual(
        recording.list.filter((each) => each.startsWith("gcp:")),
        [],
      );
      assert(recording.all(types.store).length > 1);
    });

  it("hands keys over as they stand, also where they look like something else", () => {
    const { s3Keys, s3SourceKeys, s3ExportKeys, s3ImportKeys } = loadStack(
      "staging",
      everySettingS3.at(-1)?.config ?? {},
    );
    assert.deepEqual(s3ExportKeys, {
      accessKeyId: "planted-export-id",
      secretAccessKey: "planted-export-key",
    });
    assert.deepEqual(s3ImportKeys, {
      accessKeyId: "planted-import-id",
      secretAccessKey: "planted-import-key",
    });
    assert.deepEqual(s3Keys, { accessKeyId: "planted-id", secretAccessKey: "planted-key" });
    assert.deepEqual(s3SourceKeys, {
      accessKeyId: "{planted-source-id",
      secretAccessKey: "[planted-source-key]",
    });
  });

  it("has parameters as Postgres writes them, from YAML's numbers and truth values", () => {
    const { clusters } = loadStack("staging", everySetting(), prod);
    assert.deepEqual(clusters.orders?.parameters, {
      work_mem: "8MB",
      max_connections: "120",
      random_page_cost: "1.2",
      jit: "off",
      "pg_stat_statements.max": "5000",
    });
    const on = asEngine({
      ...good,
      "pulumi-cnpg:clusters": {
        a: { ...good["pulumi-cnpg:clusters"]["orders-db"], parameters: { jit: true } },
      },
    });
    assert.deepEqual(loadStack("dev", on).clusters.a?.parameters, { jit: "on" });
  });

  it("hands over its top-level text as it stands, numbers too, as the engine does", () => {
    const args = loadStack("dev", {
      ...asEngine(good),
      "pulumi-cnpg:environment": "2026",
      "pulumi-cnpg:operatorVersion": "1.30.0",
      "pulumi-cnpg:backups": '  {"retention": "9d"}',
    });
    assert.equal(args.environment, "2026");
    assert.equal(args.operatorVersion, "1.30.0");
    assert.deepEqual(args.backups, { retention: "9d" });
  });

  it("may have settings of other projects beside its own", () => {
    const config = {
      ...asEngine(good),
      "gcp:zone": "europe-west1-b",
      "other:clusters": "[",
      "kubernetes:context": "x",
    };
    assert.deepEqual(loadStack("dev", config), loadStack("dev", asEngine(good)));
  });

  it("is not changed by being read", () => {
    const config = Object.freeze(asEngine(good));
    const before = JSON.stringify(config);
    loadStack("dev", config);
    assert.equal(JSON.stringify(config), before);
  });
});

/** Every setting that a value has, with the same paths. */
function settingsUsed(value: unknown, schemaPaths: ReadonlySet<string>, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path.slice(1)];
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = `${path}.${key}`;
    const known = [...schemaPaths].some((p) => `.${p}` === named || `.${p}`.startsWith(`${named}.`));
    return settingsUsed(inner, schemaPaths, known ? named : `${path}.*`);
  });
}

/** What a stack with a platform asks for, as its file has it. */
function withPlatform(config: Record<string, string>, sources: Sources) {
  const key = { "pulumi-cnpg:imagePullConfig": '{"auths":{"europe-docker.pkg.dev":{"auth":"x"}}}' };
  const { environment, platform = {} } = loadAll("staging", { ...config, ...key }, sources);
  const { pullConfig: imagePullConfig, profile: _, ...rest } = platform;
  return { ...environment, platform: rest, imagePullConfig } as unknown as PostgresEnvironmentArgs;
}

describe("The file with every setting", () => {
  it("leaves none out but the one that another replaces", () => {
    const all = new Set(settingsIn(stackSchema));
    assert(all.size > 90, `${all.size}`);
    const used = new Set(
      [
        withPlatform(everySetting(), prod),
        ...everySettingS3.map(({ config }) => loadStack("staging", config)),
      ]
        .map(({ project: _, region: __, ...settings }) =>
          Object.fromEntries(
            Object.entries(settings).flatMap(([key, value]) => {
              const [, of] = /^s3(\w*)Keys$/.exec(key) ?? [];
              if (of === undefined) return [[key, value]];
              return ["AccessKeyId", "SecretAccessKey"].map((end) => [`s3${of}${end}`, ""]);
            }),
          ),
        )
        .flatMap((settings) => settingsUsed(settings, all)),
    );
    assert.deepEqual(
      [...all].filter((path) => !used.has(path)),
      // All but the first are gone once the other stack has answered.
      [
        "backups.deleteMargin",
        "clusters.*.recoverFrom.cluster",
        "clusters.*.recoverFrom.stack",
        "clusters.*.recoverFrom.ifUnavailable",
        "clusters.*.replica.source.cluster",
        "clusters.*.replica.source.stack",
      ],
    );
    assert.deepEqual(
      [...used].filter((path) => !all.has(path)),
      [],
    );
  });

  it("would be accepted with that one in the other's place", () => {
    const config = everySetting();
    const { deleteAge: _, ...backups } = JSON.parse(config["pulumi-cnpg:backups"] ?? "{}") as Record<
      string,
      unknown
    >;
    const changed = { ...config, "pulumi-cnpg:backups": JSON.stringify({ ...backups, deleteMargin: "20d" }) };
    assert.equal(loadStack("staging", changed, prod).backups?.deleteMargin, "20d");
  });
});
