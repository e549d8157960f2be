import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ignoredClusterChanges, ignoredObjectStoreChanges } from "../../../components/cluster/ignoredChanges";
import { iamRoleArn, s3BucketName, s3Endpoint, secretKeyName } from "../../../components/units";
import { ObjectStoreLocation } from "../../../components/units/location";
import { s3Place } from "../../../components/units/storePlace";
import { agreements } from "../../../offline/agreement";
import type { Comparison } from "../../../policies/lint";

const at = (endpoint?: string, region?: string, prefix = "cnpg/orders-db") =>
  new ObjectStoreLocation("acme-pg", prefix, "orders-db-g1", s3Place(endpoint, region));

describe("The location of an archive in S3", () => {
  it("has a path of S3, whatever the server, and the same folder for another generation", () => {
    assert.equal(at("https://minio").destinationPath, "s3://acme-pg/cnpg/orders-db");
    const later = at("https://minio").ofServer("orders-db-g2");
    assert.deepEqual(
      [later.destinationPath, later.serverName, later.store.endpoint],
      ["s3://acme-pg/cnpg/orders-db", "orders-db-g2", "https://minio"],
    );
  });

  it("is the same place at a host, whatever scheme, port and letters, and another at another host", () => {
    const here = at("https://minio.storage.svc:9000");
    for (const same of [
      "http://minio.storage.svc",
      "https://MINIO.storage.svc:443",
      "https://minio.storage.svc.cluster.local:9000",
    ]) {
      assert(here.collidesWith(at(same)), same);
      assert(here.overlaps(at(same, "auto", "cnpg")), same);
    }
    for (const other of ["https://minio.other.svc", "https://minio.example.com", undefined]) {
      assert(!here.collidesWith(at(other)), other);
      assert(!here.overlaps(at(other)), other);
    }
  });

  it("is one place in all of Amazon, which has each bucket's name once", () => {
    assert(at(undefined, "eu-west-1").overlaps(at("https://s3.eu-west-1.amazonaws.com", "us-east-1")));
  });

  it("is never one of Cloud Storage, also where bucket and folder have the same names", () => {
    const gcs = new ObjectStoreLocation("acme-pg", "cnpg/orders-db", "orders-db-g1");
    for (const s3 of [at(), at("https://minio")]) {
      assert(!s3.overlaps(gcs) && !gcs.overlaps(s3) && !gcs.collidesWith(s3));
    }
  });

  it("overlaps both ways or not at all", () => {
    const host = fc.constantFrom("https://a", "http://a:1", "https://b", undefined);
    const prefix = fc.constantFrom("cnpg", "cnpg/a", "cnpg/a/b", "cnpg/ab");
    fc.assert(
      fc.property(host, host, prefix, prefix, (a, b, one, two) => {
        const [first, second] = [at(a, undefined, one), at(b, undefined, two)];
        assert.equal(first.overlaps(second), second.overlaps(first));
      }),
    );
  });
});

describe("What a person writes of S3", () => {
  it("is a bare bucket name, as S3 has them", () => {
    for (const good of ["acme-pg", "a.b", "123"]) assert(s3BucketName(good).ok, good);
    for (const bad of ["s3://acme", "Acme", "a_b", "ab", "a..b", "a.-b", "10.0.0.1", "-ab", "x".repeat(64)])
      assert(!s3BucketName(bad).ok, bad);
  });

  it("is an address with a scheme, and nothing behind the host", () => {
    for (const good of [
      "https://minio",
      "http://minio.a.svc:9000",
      "https://[::1]:9000",
      "https://s3.amazonaws.com/",
    ])
      assert(s3Endpoint(good).ok, good);
    for (const bad of [
      "minio",
      "minio:9000",
      "ftp://minio",
      "https://",
      "https://a/b",
      "https://a?b",
      "https://u@a",
      "",
    ])
      assert(!s3Endpoint(bad).ok, bad);
  });

  it("is the name of a key in a Secret, and not the key", () => {
    for (const good of ["ACCESS_KEY_ID", "ca.crt", "a-b"]) assert(secretKeyName(good).ok, good);
    for (const bad of ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "", "a b"])
      assert(!secretKeyName(bad).ok, bad);
  });

  it("is the ARN of a role, in any of Amazon's partitions", () => {
    for (const good of ["arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/path/a"])
      assert(iamRoleArn(good).ok, good);
    for (const bad of ["a", "arn:aws:iam::123456789012:user/a", "arn:aws:iam::12345:role/a"])
      assert(!iamRoleArn(bad).ok, bad);
  });
});

describe("A change of the server of a live archive", () => {
  const store = (endpointURL?: string) => ({
    configuration: { destinationPath: "s3://b/p", ...(endpointURL !== undefined && { endpointURL }) },
  });
  const inTree = (endpointURL?: string) => ({
    backup: { barmanObjectStore: { ...store(endpointURL).configuration, serverName: "g1" } },
  });

  it("is refused if it leads to another one", () => {
    for (const [was, is] of [
      ["https://a", "https://b"],
      ["https://a", undefined],
      [undefined, "https://a"],
    ]) {
      const [problem, ...more] = ignoredObjectStoreChanges(store(was), store(is));
      assert.equal(problem?.path, "spec.configuration.endpointURL");
      assert.deepEqual(more, []);
      assert.equal(ignoredClusterChanges(inTree(was), inTree(is)).length, 1);
    }
  });

  it("is taken if it is the same one by another way", () => {
    for (const [was, is] of [
      ["http://a:9000", "https://a"],
      ["https://a.b.svc", "https://a.b.svc.cluster.local"],
      [undefined, "https://s3.eu-west-1.amazonaws.com"],
    ]) {
      assert.deepEqual(ignoredObjectStoreChanges(store(was), store(is)), []);
      assert.deepEqual(ignoredClusterChanges(inTree("http://a"), inTree("https://a:1")), []);
    }
  });
});

describe("The comparison of both halves of a cluster in S3", () => {
  const keys = (name: string) => ({
    accessKeyId: { name, key: "ACCESS_KEY_ID" },
    secretAccessKey: { name, key: "ACCESS_SECRET_KEY" },
  });
  const checksums = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"].map((name) => ({
    name,
    value: "when_required",
  }));
  const metadata = (name: string) => ({ name, namespace: "orders" });
  const storeOf = (name: string, configuration: object, env: object[] = checksums) => ({
    type: "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
    inputs: {
      metadata: metadata(name),
      spec: { configuration, retentionPolicy: "7d", instanceSidecarConfiguration: { env } },
    },
  });
  const plugin = "barman-cloud.cloudnative-pg.io";
  const own = { destinationPath: "s3://b/cnpg/db", endpointURL: "https://minio", s3Credentials: keys("own") };
  const cluster = (spec: object = {}) => ({
    type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
    inputs: {
      metadata: metadata("db"),
      spec: {
        plugins: [
          { name: plugin, isWALArchiver: true, parameters: { barmanObjectName: "own", serverName: "db-g1" } },
        ],
        ...spec,
      },
    },
  });
  const secret = (name: string, stringData: object) => ({
    type: "kubernetes:core/v1:Secret",
    inputs: { metadata: metadata(name), stringData },
  });
  const rowsOf = (...declared: object[]) => {
    const all = declared.map((one, i) => ({ ...one, urn: `urn:pulumi:dev::project::a::${i}` }));
    const [compared] = agreements(all as unknown as Parameters<typeof agreements>[0]);
    return new Map<string, Comparison>((compared?.rows ?? []).map((row) => [row.what, row]));
  };
  const recovered = (serverName: string) =>
    cluster({
      bootstrap: { recovery: { source: "source" } },
      externalClusters: [
        { name: "source", plugin: { name: plugin, parameters: { barmanObjectName: "source", serverName } } },
      ],
    });

  it("takes a Secret that is made elsewhere, and says so", () => {
    const rows = rowsOf(cluster(), storeOf("own", own));
    for (const what of [
      "bucket ⇄ destinationPath",
      "keys ⇄ s3Credentials",
      "what the store takes ⇄ checksums",
    ])
      assert.notEqual(rows.get(what)?.verdict, "disagrees", what);
    assert.match(rows.get("keys ⇄ s3Credentials")?.cloud ?? "", /made elsewhere/);
  });

  it("sees a Secret without what the ObjectStore takes from it, and no value of it", () => {
    const half = secret("own", { ACCESS_KEY_ID: "planted" });
    const row = rowsOf(cluster(), storeOf("own", own), half).get("keys ⇄ s3Credentials");
    assert.deepEqual([row?.verdict, row?.cloud], ["disagrees", "no ACCESS_SECRET_KEY"]);
    assert.doesNotMatch(JSON.stringify(row), /planted/);
  });

  it("sees a path with the server name in it, half of the credentials, and checksums that are always sent", () => {
    const nested = { ...own, destinationPath: "s3://b/cnpg/db-g1" };
    assert.equal(
      rowsOf(cluster(), storeOf("own", nested)).get("bucket ⇄ destinationPath")?.verdict,
      "disagrees",
    );
    const { accessKeyId } = keys("own");
    const half = rowsOf(cluster(), storeOf("own", { ...own, s3Credentials: { accessKeyId } }));
    assert.equal(half.get("keys ⇄ s3Credentials")?.verdict, "disagrees");
    const bareAt = (endpointURL: string) =>
      rowsOf(cluster(), storeOf("own", { ...own, endpointURL }, [])).get("what the store takes ⇄ checksums");
    // MinIO is known to take them, if it is one.
    assert.equal(bareAt("https://minio")?.verdict, "unknown");
    const bare = bareAt("https://s3.example.com");
    assert.deepEqual([bare?.verdict, bare?.cluster], ["disagrees", "sent always"]);
  });

  it("sees a source that lies where the clone archives, and tells whether the keys are the same", () => {
    const source = { ...own, s3Credentials: keys("read"), destinationPath: "s3://other/cnpg/db" };
    const apart = (configuration: object, server = "db-g1") =>
      rowsOf(recovered(server), storeOf("own", own), storeOf("source", configuration)).get(
        "source can't be written to",
      );
    assert.deepEqual(
      [apart(source)?.verdict, apart(source)?.cloud.startsWith("keys of its own")],
      ["unknown", true],
    );
    assert.match(apart({ ...source, s3Credentials: keys("own") })?.cloud ?? "", /^the same keys/);
    assert.equal(apart({ ...source, destinationPath: "s3://b/cnpg" }, "db")?.verdict, "disagrees");
    assert.equal(apart({ ...source, destinationPath: "s3://b/cnpg/db/old" })?.verdict, "disagrees");
  });

  it("knows a former generation of the same cluster, whose server name has to be another", () => {
    const rows = (server: string) =>
      rowsOf(recovered(server), storeOf("own", own), storeOf("source", own)).get(
        "own archive ≠ former generation",
      );
    assert.equal(rows("db-g0")?.verdict, "agrees");
    assert.equal(rows("db-g1")?.verdict, "disagrees");
  });
});
