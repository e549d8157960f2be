import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { environmentArgs, image } from "../../helpers/samples";
import { iamJudge } from "../../lab/gcs/iam";
import { type Access, callOf } from "../../lab/gcs/permissions";

const now = new Date("2026-11-22T12:00:00Z");
const orders = { namespace: "orders", image, databases: { orders: {} } };
const source = { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 };
type Identity = "shared" | "perCluster" | "direct";

/** What barman calls, of an archive below `root` in `bucket` (written after what test/lab/suites/leastPrivilege records). */
function calls(bucket: string, root: string) {
  const list = (prefix: string) => ({
    method: "GET",
    target: `/storage/v1/b/${bucket}/o?${new URLSearchParams({ prefix: `${root}/${prefix}`, delimiter: "/" })}`,
  });
  const object = (method: string, name: string, query = "") => ({
    method,
    target: `/storage/v1/b/${bucket}/o/${encodeURIComponent(`${root}/${name}`)}${query}`,
  });
  const write = (name: string) => ({
    method: "POST",
    target: `/upload/storage/v1/b/${bucket}/o?uploadType=resumable&name=${encodeURIComponent(`${root}/${name}`)}`,
  });
  const info = "base/20261121T030000/backup.info";
  const wal = "wals/0000000100000000/000000010000000000000003.gz";
  return {
    restore: [
      list("base/"),
      object("GET", info),
      object("GET", info, "?alt=media"),
      object("GET", "base/20261121T030000/data.tar.gz", "?alt=media"),
      list("wals/0000000100000000/"),
      object("GET", wal, "?alt=media"),
      object("GET", "wals/00000002.history", "?alt=media"),
    ],
    check: [{ method: "GET", target: `/storage/v1/b/${bucket}` }, list("wals/")],
    archive: [write(wal)],
    backup: [write(info), write("base/20261121T030000/data.tar.gz")],
    retention: [object("DELETE", wal), object("DELETE", info)],
  };
}

type Calls = ReturnType<typeof calls>;
type Allows = (access: Access) => boolean;

/** Which kinds of work are allowed in full. */
function verdict(work: Calls, allows: Allows): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(work).map(([name, requests]) => [
      name,
      requests.every((request) =>
        callOf(request)
          .accesses.filter((a) => !a.ifExists)
          .every(allows),
      ),
    ]),
  );
}

/** That not one of the calls of some work is allowed. */
function noneOf(requests: Calls["archive"], allows: Allows): boolean {
  return requests.every((request) => !callOf(request).accesses.every(allows));
}

function clone(identity: Identity, recoverFrom: object = source) {
  const problems = new Problems();
  const args = environmentArgs(
    { "orders-db": { ...orders, recoverFrom } },
    { backups: { identity, ...(identity === "direct" && { projectNumber: "1" }) } },
  );
  const plan = decideEnvironment(problems, "dev", args);
  assert.deepEqual(problems.list, []);
  const member = plan.identity.grants[0]?.member ?? "";
  const judge = iamJudge(plan.identity.grants, member);
  return { plan, member, allows: (access: Access) => judge(access, now) };
}

const all = { restore: true, check: true, archive: true, backup: true, retention: true };
const readOnly = { restore: true, check: false, archive: false, backup: false, retention: false };
const nothing = { restore: false, check: false, archive: false, backup: false, retention: false };

for (const identity of ["shared", "perCluster", "direct"] as const) {
  describe(`A clone with identity ${identity}`, () => {
    const { allows, plan } = clone(identity);
    const own = plan.bucket?.name ?? "";

    it("may do all that a restore calls on its source, and nothing that archiving, backups or retention call", () => {
      const work = calls("acme-prod-backups", "cnpg/orders-db/orders-db-g1");
      assert.deepEqual(verdict(work, allows), readOnly);
      for (const kind of ["archive", "backup", "retention"] as const)
        assert(noneOf(work[kind], allows), kind);
    });

    it("may do nothing to other clusters of that bucket, also of a like name", () => {
      for (const other of ["cnpg/billing-db/billing-db-g1", "cnpg/orders-db-2/orders-db-2-g1"])
        assert.deepEqual(verdict(calls("acme-prod-backups", other), allows), nothing);
    });

    it("may do everything on its own archive", () => {
      assert.deepEqual(verdict(calls(own, "cnpg/orders-db/orders-db-g1"), allows), all);
    });
  });
}

describe("A clone whose source's stack is to grant the access", () => {
  it("grants itself nothing there", () => {
    const { allows } = clone("shared", { ...source, grant: false });
    const work = calls("acme-prod-backups", "cnpg/orders-db/orders-db-g1");
    assert.deepEqual(verdict(work, allows), nothing);
  });

  it("gets it from a reader of that stack, for one cluster and until the moment that it says", () => {
    const serviceAccount = "cnpg-dev@acme-dev.iam.gserviceaccount.com";
    const readers = [{ cluster: "orders-db", serviceAccount, expires: "2026-12-01T00:00:00+01:00" }];
    const problems = new Problems();
    const args = environmentArgs(
      { "orders-db": orders, "billing-db": { ...orders, namespace: "billing" } },
      { project: "acme-prod", backups: { bucket: "acme-prod-backups", readers } },
    );
    const plan = decideEnvironment(problems, "prod", args);
    assert.deepEqual(problems.list, []);
    const judge = iamJudge(plan.identity.grants, `serviceAccount:${serviceAccount}`);
    const at = (time: string) => (access: Access) => judge(access, new Date(time));
    const work = calls("acme-prod-backups", "cnpg/orders-db/orders-db-g1");
    assert.deepEqual(verdict(work, at("2026-11-30T22:59:59Z")), readOnly);
    assert.deepEqual(verdict(work, at("2026-11-30T23:00:00Z")), nothing);
    const other = calls("acme-prod-backups", "cnpg/billing-db/billing-db-g1");
    assert.deepEqual(verdict(other, at("2026-11-22T00:00:00Z")), nothing);
  });
});

describe("A clone in the bucket of its source", () => {
  it("reads its source, and writes to its own folder only", () => {
    const { allows, plan } = clone("perCluster", {
      ...source,
      bucket: "acme-dev-dev-postgres-backups",
      cluster: "shop",
    });
    const bucket = plan.bucket?.name ?? "";
    // Everybody who archives in a bucket may look at the bucket itself.
    const expected = { ...readOnly, check: true };
    assert.deepEqual(verdict(calls(bucket, "cnpg/shop/orders-db-g1"), allows), expected);
    assert.deepEqual(verdict(calls(bucket, "cnpg/orders-db/orders-db-g1"), allows), all);
  });
});
