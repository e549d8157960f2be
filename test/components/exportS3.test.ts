import assert from "node:assert/strict";
import { PostgresCluster, PostgresEnvironment } from "../../components/index";
import { clusterArgs, image, paths, recordValid, refused, spec, types } from "../helpers/samples";

const planted = { accessKeyId: "PLANTED-ID", secretAccessKey: "planted/secret+key" };
const [exporting, importing] = [
  { accessKeyId: "PLANTED-EXPORT-ID", secretAccessKey: "planted/export+key" },
  { accessKeyId: "PLANTED-IMPORT-ID", secretAccessKey: "planted/import+key" },
];
const declared = () =>
  recordValid(
    () =>
      new PostgresEnvironment("dev", {
        profile: "dev",
        backups: { bucket: "acme-pg", s3: { endpoint: "https://minio.storage.svc:9000" } },
        clusters: {
          "orders-db": {
            namespace: "orders",
            image,
            databases: { orders: {} },
            exports: { nightly: { schedule: "@daily" }, once: { run: "a" } },
            importDump: { from: { objectPrefix: "exports/old/orders" } },
          },
        },
        s3Keys: planted,
        s3ExportKeys: exporting,
        s3ImportKeys: importing,
      }),
  );

describe("dumps in an S3-compatible store, with keys that the program has", () => {
  it("have a Secret for exports and one for imports, before the jobs and beside the Cluster", async () => {
    const recording = await declared();
    const { all, one } = recording;
    const secrets = all(types.secret).filter(({ name }) => /port-s3$/.test(name));
    assert.deepEqual(
      secrets.map(({ name, inputs }) => [
        name,
        (inputs.metadata as { name: string }).name,
        inputs.stringData,
      ]),
      [
        ["dev/orders-db-export-s3", "orders-db-export-s3", pair(exporting)],
        ["dev/orders-db-import-s3", "orders-db-import-s3", pair(importing)],
      ],
    );
    const secret = "kubernetes:core/v1:Secret::dev/orders-db";
    for (const { secrets: kept } of secrets) assert.deepEqual(kept, ["stringData"]);
    for (const job of [...all("kubernetes:batch/v1:Job"), one("kubernetes:batch/v1:CronJob")]) {
      const purpose = job.name.includes("/import/") ? "import" : "export";
      assert(job.options.dependsOn.includes(`${secret}-${purpose}-s3`), job.options.dependsOn.join("\n"));
      // There are no grants that take their time.
      assert.doesNotMatch(JSON.stringify(job.options.hooks), /await-iam-grants/);
    }
    const before = one(types.cluster).options.dependsOn.filter((name) => /(ex|im)port/.test(name));
    assert.deepEqual(before, []);
  });

  it("stand in no manifest but those Secrets, and are secret there", async () => {
    const recording = await declared();
    for (const { type, name, inputs } of recording.resources) {
      if (type === types.secret) continue;
      const text = JSON.stringify(inputs);
      for (const key of [exporting, importing, planted].flatMap((each) => Object.values(each)))
        assert(!text.includes(key), `${name} has a key`);
    }
    assert(
      JSON.stringify(spec(recording.one("kubernetes:batch/v1:CronJob"))).includes('"orders-db-export-s3"'),
    );
  });

  it("stand alone too, in whichever store", async () => {
    const args = clusterArgs({
      exportSettings: { bucket: "acme-dumps", s3: { region: "eu-west-1" } },
      exports: { once: { run: "a" } },
      s3ExportKeys: exporting,
    });
    const { one, all } = await recordValid(() => new PostgresCluster("orders-db", args));
    assert(JSON.stringify(one("kubernetes:batch/v1:Job").inputs).includes('"s3://acme-dumps/exports/'));
    assert(all(types.secret).some(({ name }) => name === "orders-db-export-s3"));
  });

  it("are refused without a store, under the names that arguments have", async () => {
    const args = clusterArgs({ s3ExportKeys: exporting, s3ImportKeys: importing });
    const said = await refused(() => new PostgresCluster("orders-db", args));
    assert.deepEqual(paths(said).sort(), [
      "s3ExportKeys.accessKeyId",
      "s3ExportKeys.secretAccessKey",
      "s3ImportKeys.accessKeyId",
      "s3ImportKeys.secretAccessKey",
    ]);
  });
});

const pair = ({ accessKeyId, secretAccessKey }: typeof planted) => ({
  ACCESS_KEY_ID: accessKeyId,
  ACCESS_SECRET_KEY: secretAccessKey,
});
