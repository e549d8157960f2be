import assert from "node:assert/strict";
import { InvalidSettings } from "../../../components/index";
import { loadStack } from "../../../stacks/load";
import type { Source } from "../../../stacks/sources";
import { asEngine } from "./badStacks";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
const prod = "acme/pulumi-cnpg/prod";
const there: Source = {
  clusters: { shop: { destinationPath: "gs://acme-prod/cnpg/shop", serverName: "shop-g1", image } },
};
const config = (recoverFrom: object = { ifUnavailable: "initdb" }, more: object = {}) =>
  asEngine({
    "gcp:project": "acme-dev",
    "gcp:region": "europe-west1",
    "pulumi-cnpg:profile": "dev",
    "pulumi-cnpg:clusters": {
      shop: {
        namespace: "shop",
        image,
        databases: { shop: {}, more: {} },
        masking: { shop: { sql: ["SELECT 1"] } },
        recoverFrom: { stack: prod, database: "shop", ...recoverFrom },
        ...more,
      },
    },
  });

const named = (settings: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [`pulumi-cnpg:${key}`, value]));

/** How the cluster begins, and what a person is told. */
function load(source: Source, former?: object, settings = config()) {
  const warnings: string[] = [];
  const own = {
    former: former && { shop: former },
    warn: (text: string) => void warnings.push(text),
  };
  const { shop } = loadStack("dev", settings, new Map([[prod, source]]), own).clusters;
  assert(shop !== undefined);
  return { shop, warnings };
}

const gone: readonly (readonly [string, Source, RegExp])[] = [
  ["a stack that can't be read", { unavailable: "no such stack" }, /can't be read \(no such stack\)/],
  ["a stack that was never updated", { clusters: undefined }, /has no output clusters/],
  ["a stack without that cluster", { clusters: { other: {} } }, /has no cluster shop/],
  [
    "a cluster without an archive",
    { clusters: { shop: { destinationPath: "", serverName: "", image } } },
    /shop of acme\/pulumi-cnpg\/prod is not backed up/,
  ],
];

describe("A clone with ifUnavailable: initdb", () => {
  for (const [what, source, why] of gone) {
    it(`begins empty in place of ${what}, and says loudly why`, () => {
      const { shop, warnings } = load(source);
      assert.equal(shop.recoverFrom, undefined);
      assert.equal(shop.masking, undefined);
      assert.deepEqual(shop.initdb, { database: "shop" });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", why);
      assert.match(warnings[0] ?? "", /BEGINS EMPTY/);
    });

    it(`is refused without it in place of ${what}`, () => {
      assert.throws(() => load(source, undefined, config({ ifUnavailable: "fail" })), InvalidSettings);
      assert.throws(() => load(source, undefined, config({})), InvalidSettings);
    });
  }

  it("is a copy where there is a source, and nothing is said", () => {
    const { shop, warnings } = load(there);
    assert.equal(shop.recoverFrom?.serverName, "shop-g1");
    assert.deepEqual(warnings, []);
  });

  it("that began empty stays so when the source comes, and says how it becomes a copy", () => {
    const { shop, warnings } = load(there, { bootstrap: "initdb", generation: 1 });
    assert.equal(shop.recoverFrom, undefined);
    assert.match(warnings.join(), /began by initdb and stays as it is; .* raise its generation/);
  });

  it("that began empty becomes a copy with the next generation", () => {
    const raised = config({ ifUnavailable: "initdb" }, { generation: 2 });
    const { shop, warnings } = load(there, { bootstrap: "initdb", generation: 1 }, raised);
    assert.equal(shop.recoverFrom?.serverName, "shop-g1");
    assert.deepEqual(warnings, []);
  });

  it("that began as a copy never becomes empty: without its source the update is refused", () => {
    assert.throws(
      () => load({ unavailable: "no such stack" }, { bootstrap: "recovery", generation: 1 }),
      /a stack that can be read \(no such stack\)/,
    );
  });

  it("is judged anew where the last update tells nothing of how it began", () => {
    assert.equal(load(there, { generation: 1 }).shop.recoverFrom?.serverName, "shop-g1");
    assert.equal(load({ unavailable: "x" }, { generation: 1 }).shop.recoverFrom, undefined);
  });

  it("begins empty beside keys of a source in S3, which wait for it", () => {
    const keys = { s3SourceAccessKeyId: "id", s3SourceSecretAccessKey: "planted" };
    const settings = { ...config(), ...asEngine(named(keys)) };
    const inS3 = { destinationPath: "s3://acme-prod/cnpg/shop", serverName: "shop-g1", image };
    const source = { clusters: { shop: { ...inS3, endpoint: "https://minio.storage.svc:9000" } } };
    assert.equal(load({ unavailable: "no such stack" }, undefined, settings).shop.recoverFrom, undefined);
    assert.equal(load(source, { bootstrap: "initdb", generation: 1 }, settings).shop.recoverFrom, undefined);
    const { shop, warnings } = load(source, undefined, settings);
    assert.deepEqual(shop.recoverFrom?.s3, { endpoint: "https://minio.storage.svc:9000" });
    assert.deepEqual(warnings, []);
    assert.throws(() => load(there, undefined, settings), /nothing has recoverFrom.s3/);
  });
});
