import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import {
  BackupBucket,
  BackupIdentity,
  checkEnvironment,
  formatProblem,
  PostgresCluster,
  PostgresEnvironment,
} from "../../components/index";
import { shapes } from "../../components/shapes";
import { record } from "../helpers/mocks";
import { clusterArgs, environmentArgs, image, refused } from "../helpers/samples";

const lines = async (program: () => unknown) => (await refused(program)).map((each) => formatProblem(each));

/** Arguments that no TypeScript program could write without a cast. */
const loose = (value: unknown) => value as never;

describe("The shape of a component's arguments", () => {
  it("is checked for every component, with all that is wrong in one error", async () => {
    assert.deepEqual(
      await lines(
        () =>
          new PostgresEnvironment(
            "dev",
            loose({
              project: "acme-dev",
              profile: "dev",
              backupz: {},
              clusters: {
                "orders-db": {
                  namespace: "orders",
                  image,
                  resources: { cpu: 2 },
                  instances: "2",
                  storage: "9Gi",
                },
                other: { image },
              },
            }),
          ),
      ),
      [
        '  clusters.orders-db.instances: got "(not shown)", expected a number, without quotes. Instances, primary included. Default: `1` in dev, `2` in prod.',
        '  clusters.orders-db.storage: got "(not shown)", expected settings below it. Data volume of every instance.',
        '  clusters.orders-db.resources.cpu: got 2, expected text, in quotes if it looks like a number. CPU request, such as `"2"` or `500m`. Default: `500m` in dev, `2` in prod.',
        "  clusters.other.namespace: is missing. Namespace of the Cluster, one of its own: with Workload Identity its pods may read every Secret of it.",
        '  backupz: got "(not shown)". There is no such setting. Did you mean backups?',
      ],
    );
    assert.deepEqual(
      await lines(() => new PostgresCluster("orders-db", loose({ ...clusterArgs(), namespace: 7 }))),
      [
        "  namespace: got 7, expected text, in quotes if it looks like a number. Namespace of the Cluster, one of its own: with Workload Identity its pods may read every Secret of it.",
      ],
    );
    assert.deepEqual(
      await lines(() => new BackupBucket("dev", loose({ project: "acme-dev", profile: "dev" }))),
      ["  region: is missing. Region; the bucket's location unless `location` says otherwise."],
    );
    assert.deepEqual(
      await lines(
        () => new BackupIdentity("dev", loose({ project: "acme-dev", bucket: "acme-dev-backups" })),
      ),
      ["  tenants: is missing. The clusters."],
    );
  });

  it("has no place for an Output, but where the type of the argument has one", async () => {
    const bucket = pulumi.output("acme-dev-backups");
    assert.deepEqual(
      await lines(() => new PostgresCluster("orders-db", loose({ ...clusterArgs(), bucket }))),
      [
        '  bucket: got "an Output", expected a value that is known before anything is registered; names are computed, not discovered',
      ],
    );
    const kubeconfig = pulumi.secret("apiVersion: v1");
    await record(() => new PostgresCluster("orders-db", clusterArgs({ kubeconfig })));
    await record(
      () =>
        new PostgresCluster(
          "orders-db",
          clusterArgs({
            s3: { endpoint: "https://minio.example.com" },
            s3Keys: { accessKeyId: pulumi.secret("a"), secretAccessKey: Promise.resolve("b") },
          }),
        ),
    );
  });

  it("names an unknown key together with what is wrong in meaning", async () => {
    assert.deepEqual(
      await lines(
        () =>
          new PostgresCluster(
            "orders-db",
            loose({ ...clusterArgs({ instances: 0 }), imagee: "x", profile: "test" }),
          ),
      ),
      [
        '  profile: got "test", expected one of dev, prod',
        '  imagee: got "(not shown)". There is no such setting. Did you mean image?',
        "  instances: got 0, expected a whole number from 1 to 99",
      ],
    );
  });

  it("has something to say of what is undefined, wherever it stands", async () => {
    const undefinedIn = (more: object) =>
      lines(() => new PostgresCluster("orders-db", loose({ ...clusterArgs(), ...more })));
    assert.deepEqual(await undefinedIn({ databases: { orders: { extensions: [undefined] } } }), [
      "  databases.orders.extensions[0]: is missing, expected text, in quotes if it looks like a number",
    ]);
    assert.deepEqual(await undefinedIn({ databases: { orders: undefined } }), [
      "  databases.orders: is missing, expected settings below it",
    ]);
    await record(
      () => new PostgresCluster("orders-db", loose({ ...clusterArgs(), labels: { team: undefined } })),
    );
    assert.deepEqual(await lines(() => new PostgresCluster("orders-db", loose(undefined))), [
      "  : is missing, expected settings below it",
    ]);
  });

  it("says nothing of what may be a secret", async () => {
    const text = (
      await lines(
        () =>
          new PostgresEnvironment(
            "dev",
            loose({
              ...environmentArgs({ "orders-db": { namespace: "orders", image } }),
              s3Keys: "hunter2",
              adminPassword: "hunter2",
              exports: ["hunter2"],
              clusters: {
                "orders-db": { namespace: "orders", image, servers: { old: "postgres://u:hunter2@h" } },
              },
            }),
          ),
      )
    ).join("\n");
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /adminPassword/);
  });

  it("is the same for a check without an engine", () => {
    const problems = checkEnvironment(
      "dev",
      loose({ ...environmentArgs({ db: { namespace: "orders", image } }), clusters: { db: 7 } }),
    );
    assert.deepEqual(problems.map(formatProblem), ["  clusters.db: got 7, expected settings below it"]);
  });

  it("ends in an error for a person, never in a TypeError, whatever stands there", () => {
    const junk = fc.oneof(
      fc.constantFrom(null, 7, true, "text", [], {}, [null], { a: 1 }, Number.NaN),
      fc.constant(pulumi.output("x")),
      fc.constant(() => 1),
    );
    const fields = Object.keys(JSON.parse(shapes.ClusterArgs ?? "{}")).map((name) =>
      name.replace(/[?~]/g, ""),
    );
    assert(fields.length > 30, `${fields.length}`);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields), junk, { maxKeys: 4 }), (more) => {
        const args = environmentArgs({ db: loose({ namespace: "orders", image, ...more }) });
        for (const { path, allowed } of checkEnvironment("dev", args)) assert(path !== "" && allowed !== "");
      }),
      { numRuns: 300 },
    );
  });
});
