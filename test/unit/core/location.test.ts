import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ObjectStoreLocation } from "../../../components/units/location";
import { serviceAccountEmail, Workload } from "../../../components/units/workload";

describe("The location of an archive", () => {
  const location = new ObjectStoreLocation("acme-backups", "cnpg/orders-db", "orders-db-g1");

  it("has a path that leads to the prefix and never names the server", () => {
    assert.equal(location.destinationPath, "gs://acme-backups/cnpg/orders-db");
    assert.doesNotMatch(location.destinationPath, /g1|\/$/);
  });

  it("ends its object prefix in a slash, so that orders and orders-2 are apart", () => {
    const longer = new ObjectStoreLocation("acme-backups", "cnpg/orders-db-2", "orders-db-2-g1");
    assert.equal(location.objectPrefix, "cnpg/orders-db/");
    assert.equal(longer.objectPrefix.startsWith(location.objectPrefix), false);
    assert.equal(location.overlaps(longer), false);
  });

  it("limits objects by their name and listing by the prefix that is asked for", () => {
    assert.equal(
      location.iamCondition,
      'resource.name.startsWith("projects/_/buckets/acme-backups/objects/cnpg/orders-db/") || ' +
        'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("cnpg/orders-db/")',
    );
  });

  it("collides with the same bucket, prefix and server name only", () => {
    const other = (bucket: string, prefix: string, server: string) =>
      location.collidesWith(new ObjectStoreLocation(bucket, prefix, server));
    assert.equal(other("acme-backups", "cnpg/orders-db", "orders-db-g1"), true);
    assert.equal(other("acme-backups", "cnpg/orders-db", "orders-db-g2"), false);
    assert.equal(other("acme-backups", "cnpg/billing-db", "orders-db-g1"), false);
    assert.equal(other("acme-archive", "cnpg/orders-db", "orders-db-g1"), false);
  });

  it("overlaps with a place inside it or around it in the same bucket, whichever is asked", () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,4}$/);
    const path = fc.array(segment, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(path, path, fc.boolean(), (one, two, sameBucket) => {
        const a = new ObjectStoreLocation("b-1", one.join("/"), "s");
        const b = new ObjectStoreLocation(sameBucket ? "b-1" : "b-2", two.join("/"), "s");
        const shorter = Math.min(one.length, two.length);
        const nested = one.slice(0, shorter).join("/") === two.slice(0, shorter).join("/");
        assert.equal(a.overlaps(b), sameBucket && nested);
        assert.equal(b.overlaps(a), a.overlaps(b));
      }),
    );
  });
});

describe("A workload", () => {
  const workload = new Workload("orders", "orders-db");

  it("is one string in both halves", () => {
    assert.equal(String(workload), "orders/orders-db");
    assert.equal(
      workload.workloadIdentityMember("acme-prod"),
      "serviceAccount:acme-prod.svc.id.goog[orders/orders-db]",
    );
    assert.equal(
      workload.principal("acme-prod", "123456789012"),
      "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/" +
        "acme-prod.svc.id.goog/subject/ns/orders/sa/orders-db",
    );
  });

  it("names the Services that CNPG makes, and their hosts in the whole cluster", () => {
    assert.deepEqual(
      (["rw", "ro", "r"] as const).map((role) => [workload.service(role), workload.host(role)]),
      [
        ["orders-db-rw", "orders-db-rw.orders.svc"],
        ["orders-db-ro", "orders-db-ro.orders.svc"],
        ["orders-db-r", "orders-db-r.orders.svc"],
      ],
    );
  });

  it("has an e-mail whose domain turns a domain-scoped project around", () => {
    assert.equal(
      serviceAccountEmail("cnpg-prod", "acme-prod"),
      "cnpg-prod@acme-prod.iam.gserviceaccount.com",
    );
    assert.equal(
      serviceAccountEmail("cnpg-prod", "example.com:acme-prod"),
      "cnpg-prod@acme-prod.example.com.iam.gserviceaccount.com",
    );
  });
});
