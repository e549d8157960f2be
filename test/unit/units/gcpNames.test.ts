import { strict as assert } from "node:assert";
import * as gcp from "../../../components/units/gcpNames";
import { allowed, keeps, rejects } from "./helpers";

const long = (length: number) => "a".repeat(length);

describe("names in Google Cloud", () => {
  it("take as a project id 6 to 30 characters, in a domain too", () => {
    keeps(gcp.gcpProjectId, [
      "acme-prod",
      "abcdef",
      long(30),
      "a1-2-3",
      "example.com:acme-prod",
      "a.b-c.example.com:acme-prod",
    ]);
    const texts = [
      "",
      "abcde",
      long(31),
      "Acme-prod",
      "1acme-prod",
      "acme-prod-",
      "-acme-prod",
      "acme_prod",
      "acme prod",
    ];
    rejects(gcp.gcpProjectId, [
      ...texts,
      "123456789012",
      ":acme-prod",
      "com:acme-prod",
      "example.com:acme",
      "a.b:c.d:acme-prod",
    ]);
  });

  it("take as a project number digits only", () => {
    keeps(gcp.projectNumber, ["1", "123456789012"]);
    rejects(gcp.projectNumber, ["", "0123", "12a", "-1", "1.0", "1".repeat(20), "acme-prod"]);
  });

  it("take as a service account's id 6 to 30 characters", () => {
    keeps(gcp.serviceAccountId, ["orders-db", "abcdef", long(30)]);
    rejects(gcp.serviceAccountId, [
      "",
      "abcde",
      long(31),
      "Orders-db",
      "1orders",
      "orders-",
      "orders_db",
      "a.bcdef",
    ]);
  });

  it("take as a service account's e-mail that of one that somebody made", () => {
    keeps(gcp.serviceAccountEmail, [
      "orders-db@acme-prod.iam.gserviceaccount.com",
      "orders-db@acme-prod.example.com.iam.gserviceaccount.com",
    ]);
    rejects(gcp.serviceAccountEmail, [
      "",
      "orders-db",
      "orders-db@acme-prod",
      "serviceAccount:orders-db@acme-prod.iam.gserviceaccount.com",
      "orders-db@acme-prod.iam.gserviceaccount.com ",
      "orders-db@acme.iam.gserviceaccount.com",
      "short@acme-prod.iam.gserviceaccount.com",
      "orders-db@acme-prod.iam.gserviceaccount.com.example.com",
      "123456789012-compute@developer.gserviceaccount.com",
      "acme-prod@appspot.gserviceaccount.com",
      "jane@example.com",
    ]);
  });

  it("take as a bucket's name what Cloud Storage's rules allow", () => {
    keeps(gcp.bucketName, [
      "abc",
      "acme-prod-postgres-backups",
      "a_b-c",
      "1.2.3",
      "1.2.3.4.5",
      "backups.example.com",
      long(63),
    ]);
    keeps(gcp.bucketName, [
      `${long(63)}.${long(63)}.${long(63)}`,
      "a--b",
      "a__b",
      "123",
      "my-goog-bucket",
      "gogle",
    ]);
    rejects(gcp.bucketName, [
      "",
      "ab",
      long(64),
      `${long(64)}.b`,
      `${long(63)}.${long(63)}.${long(63)}.${long(31)}`,
    ]);
    rejects(gcp.bucketName, [
      "Acme",
      "-abc",
      "abc-",
      "_abc",
      "abc.",
      ".abc",
      "a/b",
      "a b",
      "gs://abc",
      "abc\n",
      "192.168.5.4",
    ]);
    rejects(gcp.bucketName, [
      "a..b",
      "a.-b",
      "a-.b",
      "goog-backups",
      "googbackups",
      "my-google-backups",
      "my-g00gle",
      "g0og1e",
    ]);
  });

  it("say which of the bucket rules was broken", () => {
    assert.match(allowed(gcp.bucketName("192.168.5.4")), /IP address/);
    assert.match(allowed(gcp.bucketName("a..b")), /dot/);
    assert.match(allowed(gcp.bucketName("my-google-backups")), /google/);
  });

  it("take as a prefix segments joined by single slashes", () => {
    keeps(gcp.objectPrefix, ["cnpg", "cnpg/orders-db", "a/b/c", "A.b_c-1", "...", "..a/.b", long(512)]);
    rejects(gcp.objectPrefix, [
      "",
      "/",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "a/../b",
      "./a",
      "a b",
      "a*",
      "a/ä",
      long(513),
    ]);
  });

  it("take as a location a region, a multi-region or a dual-region in any case", () => {
    for (const text of [
      "europe-west1",
      "northamerica-northeast1",
      "europe-west12",
      "us",
      "EU",
      "Asia",
      "nam4",
      "EUR4",
      "asia1",
    ]) {
      assert.deepEqual(gcp.bucketLocation(text), { ok: true, value: text.toUpperCase() });
    }
    rejects(gcp.bucketLocation, [
      "",
      "europe",
      "europe-west",
      "europe-west1-b",
      "world",
      "eu1",
      "us4",
      "europe_west1",
      " eu",
    ]);
    assert.match(allowed(gcp.bucketLocation("europe-west1-b")), /zone/);
  });

  it("take labels of lower-case letters of any script, digits, _ and -", () => {
    keeps(gcp.gcpLabelKey, ["team", "cost-centre_1", "größe", "表", long(63)]);
    rejects(gcp.gcpLabelKey, ["", "Team", "1team", "_team", "a.b", "a/b", long(64), "表".repeat(43)]);
    keeps(gcp.gcpLabelValue, ["", "payments", "1", "_", "-", "größe", long(63)]);
    rejects(gcp.gcpLabelValue, ["Payments", "a b", "a.b", long(64), "表".repeat(43)]);
  });

  it("take as a KMS key its full name without a version", () => {
    const ring = "projects/acme-prod/locations/europe-west1/keyRings/postgres";
    const key = `${ring}/cryptoKeys/backups`;
    keeps(gcp.kmsKeyName, [
      key,
      "projects/acme-prod/locations/global/keyRings/A_1/cryptoKeys/B-2",
      "projects/example.com:acme-prod/locations/us/keyRings/a/cryptoKeys/b",
    ]);
    rejects(gcp.kmsKeyName, [
      "",
      "backups",
      ring,
      `/${key}`,
      `${key}/`,
      `${ring}/cryptoKeys/a.b`,
      `${ring}/cryptoKeys/${long(64)}`,
    ]);
    rejects(gcp.kmsKeyName, [
      key.replace("acme-prod", "acme"),
      key.replace("europe-west1", "Europe"),
      `${key}/cryptoKeyVersions/1`,
    ]);
    assert.match(allowed(gcp.kmsKeyName(`${key}/cryptoKeyVersions/1`)), /version/);
  });
});
