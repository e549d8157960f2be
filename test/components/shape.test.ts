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
        '  backupz: "(not shown)" is not allowed: There is no such setting; did you mean backups?',
        '  clusters.orders-db.instances: "(not shown)" is not allowed: a number, without quotes',
        '  clusters.orders-db.storage: "(not shown)" is not allowed: settings below it',
        "  clusters.orders-db.resources.cpu: 2 is not allowed: text, in quotes",
        "  clusters.other.namespace: is missing: text, in quotes",
      ],
    );
    assert.deepEqual(
      await lines(() => new PostgresCluster("orders-db", loose({ ...clusterArgs(), namespace: 7 }))),
      ["  namespace: 7 is not allowed: text, in quotes"],
    );
    assert.deepEqual(
      await lines(() => new BackupBucket("dev", loose({ project: "acme-dev", profile: "dev" }))),
      ["  region: is missing: text, in quotes"],
    );
    assert.deepEqual(
      await lines(
        () => new BackupIdentity("dev", loose({ project: "acme-dev", bucket: "acme-dev-backups" })),
      ),
      ["  tenants: is missing: a list"],
    );
  });

  it("has no place for an Output, but where the type of the argument has one", async () => {
    const bucket = pulumi.output("acme-dev-backups");
    assert.deepEqual(
      await lines(() => new PostgresCluster("orders-db", loose({ ...clusterArgs(), bucket }))),
      [
        '  bucket: "an Output" is not allowed: a value that is known before anything is registered; names are computed, not discovered',
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
        '  imagee: "(not shown)" is not allowed: There is no such setting; did you mean image?',
        '  profile: "test" is not allowed: one of dev, prod',
        "  instances: 0 is not allowed: a whole number from 1 to 99",
      ],
    );
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
    assert.deepEqual(problems.map(formatProblem), ["  clusters.db: 7 is not allowed: settings below it"]);
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
