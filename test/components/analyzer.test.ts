import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import { settingsOf } from "../../components/shape";

const folder = join(__dirname, "../../components");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
const names = ["BackupBucket", "BackupIdentity", "DatabaseClient", "PostgresCluster", "PostgresEnvironment"];

describe("Pulumi's component analyzer", () => {
  let found: AnalyzeResult;
  before(function () {
    // It compiles the whole package.
    this.timeout(120_000);
    found = new Analyzer(folder, "pulumi-cnpg", manifest, new Set(names)).analyze();
  });

  const requiredInputs = (name: string): string[] =>
    Object.entries(found.components[name]?.inputs ?? {})
      .filter(([, input]) => input.optional !== true)
      .map(([key]) => key)
      .sort();

  it("finds all five components, each with its description", () => {
    assert.deepEqual(Object.keys(found.components).sort(), names);
    for (const name of names) assert.match(found.components[name]?.description ?? "", /\w/, name);
  });

  for (const name of names.filter((each) => each !== "DatabaseClient"))
    it(`finds the inputs by which arguments are checked, and the same are required: ${name}`, () => {
      const { fields } = settingsOf(`${name}Args`);
      assert.deepEqual(Object.keys(found.components[name]?.inputs ?? {}).sort(), Object.keys(fields).sort());
      const needed = Object.entries(fields).filter(([, { standIn }]) => standIn !== undefined);
      assert.deepEqual(requiredInputs(name), needed.map(([key]) => key).sort());
    });

  it("finds what these components can't do without", () => {
    assert.deepEqual(requiredInputs("BackupBucket"), ["profile", "project", "region"]);
    assert.deepEqual(requiredInputs("BackupIdentity"), ["bucket", "project", "tenants"]);
    assert.deepEqual(requiredInputs("DatabaseClient"), ["secret"]);
    assert.deepEqual(requiredInputs("PostgresCluster"), ["namespace", "profile"]);
    assert.deepEqual(requiredInputs("PostgresEnvironment"), ["clusters", "profile"]);
  });

  it("finds these outputs and no working values", () => {
    const outputs = Object.fromEntries(
      names.map((n) => [n, Object.keys(found.components[n]?.outputs ?? {})]),
    );
    assert.deepEqual(outputs, {
      BackupBucket: ["bucketName", "url", "deleteAgeDays"],
      BackupIdentity: ["members", "emails"],
      DatabaseClient: ["env", "annotations", "volumes", "volumeMounts"],
      PostgresCluster: [
        "clusterName",
        "namespace",
        "hostRw",
        "hostRo",
        "hostR",
        "port",
        "poolers",
        "secretNames",
        "destinationPath",
        "serverName",
        "backupIds",
      ],
      PostgresEnvironment: ["bucket", "clusters"],
    });
  });

  it("reads every choice as an enum with its values", () => {
    const values = (name: string) => found.typeDefinitions[name]?.enum?.map((e) => e.value);
    assert.deepEqual(values("Profile"), ["dev", "prod"]);
    assert.deepEqual(values("BackupMethod"), ["plugin", "inTree"]);
    assert.deepEqual(values("IdentityMode"), ["shared", "perCluster", "direct"]);
    assert.deepEqual(values("WalCompression"), ["none", "bzip2", "gzip", "lz4", "snappy", "xz", "zstd"]);
    assert.deepEqual(values("ReclaimPolicy"), ["retain", "delete"]);
  });

  it("finds a description on every input of a component", () => {
    const bare = names.flatMap((name) =>
      Object.entries(found.components[name]?.inputs ?? {})
        .filter(([, input]) => !input.description)
        .map(([key]) => `${name}.${key}`),
    );
    assert.deepEqual(bare, []);
  });

  it("yields a package schema whose references all lead somewhere", () => {
    const { components, typeDefinitions, dependencies } = found;
    const schema = generateSchema(
      "pulumi-cnpg",
      manifest.version,
      "",
      components,
      typeDefinitions,
      dependencies,
    );
    assert.deepEqual(
      Object.keys(schema.resources).sort(),
      names.map((n) => `pulumi-cnpg:index:${n}`),
    );
    const references = JSON.stringify(schema).match(/"#\/types\/[^"]+"/g) ?? [];
    assert(references.length > 20);
    for (const reference of references)
      assert(JSON.parse(reference).slice("#/types/".length) in schema.types, reference);
  });
});
