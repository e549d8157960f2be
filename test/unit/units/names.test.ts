import { strict as assert } from "node:assert";
import fc from "fast-check";
import * as names from "../../../components/units/names";
import { allowed, keeps, rejects } from "./helpers";

const long = (length: number) => "a".repeat(length);

describe("names in Kubernetes", () => {
  it("take as a cluster's name what the operator's webhook takes", () => {
    keeps(names.clusterName, ["a", "orders-db", "pg17", "a--b", long(50)]);
    rejects(names.clusterName, [
      "",
      long(51),
      "Orders",
      "1db",
      "-db",
      "db-",
      "a.b",
      "a_b",
      "a b",
      "db\n",
      "dä",
    ]);
  });

  it("take as a namespace an RFC 1123 label", () => {
    keeps(names.namespaceName, ["orders", "1st", "0", long(63)]);
    rejects(names.namespaceName, ["", long(64), "Orders", "-a", "a-", "a.b", "a_b", "a\n"]);
  });

  it("take as an object's name an RFC 1123 subdomain", () => {
    keeps(names.objectName, ["a", "a.b", "1.2", "orders-db.v1", `${long(126)}.${long(126)}`]);
    rejects(names.objectName, ["", "a..b", ".a", "a.", "a.-b", "a-.b", "A", "a_b", "a/b", long(254)]);
  });

  it("take as a label's value up to 63 characters with alphanumeric ends, or nothing", () => {
    keeps(names.labelValue, ["", "a", "A.b_c-1", "17.6", long(63)]);
    rejects(names.labelValue, [long(64), "-a", "a.", "_a", "a b", "a/b", "ä"]);
  });
});

describe("names in Postgres", () => {
  it("are anything of 1 to 63 bytes", () => {
    keeps(names.postgresIdentifier, [
      "a",
      "Orders DB",
      'a"b',
      "größe",
      "é".repeat(31),
      "表".repeat(21),
      "postgres",
    ]);
    rejects(names.postgresIdentifier, ["", long(64), "é".repeat(32), "表".repeat(22), "a\0b", "\ud800"]);
  });

  it("of roles are refused where the operator or Postgres keeps them for itself", () => {
    keeps(names.roleName, ["orders", "postgres2", "Postgres", "cnpg", "pgbouncer", "my_pg_role"]);
    const reserved = [
      "postgres",
      "streaming_replica",
      "public",
      "none",
      "pg_monitor",
      "pg_",
      "cnpg_pooler_pgbouncer",
    ];
    rejects(names.roleName, ["", long(64), ...reserved]);
    for (const name of reserved) assert.match(allowed(names.roleName(name)), /reserved/);
  });

  it("of databases are refused where they exist already", () => {
    keeps(names.databaseName, ["orders", "template2", "Postgres"]);
    rejects(names.databaseName, ["", "postgres", "template0", "template1", long(64)]);
  });

  it("of a barman server are one folder's name", () => {
    keeps(names.serverName, ["orders-db", "1", "A.b_c", long(128)]);
    rejects(names.serverName, ["", long(129), ".", "..", "-a", "_a", "a/b", "a b"]);
  });
});

describe("a derived name", () => {
  it("is the parts joined, where they fit", () => {
    assert.equal(names.derivedName(["orders", "db"], 9), "orders-db");
    assert.equal(names.derivedName(["orders"], 30), "orders");
  });

  it("is cut and ends in a hash that is the same for ever, where they don't", () => {
    assert.equal(names.derivedName(["orders", "orders-database", "backup"], 20), "orders-orders-c24eda");
    assert.equal(names.derivedName(["abcdefghijklm", "nop"], 15), "abcdefgh-73a74f");
  });

  it("has no doubled separator where it is cut", () => {
    assert.match(names.derivedName(["orders-", "database"], 14), /^orders-[0-9a-f]{6}$/);
  });

  it("differs where only the borders between the parts differ", () => {
    assert.notEqual(
      names.derivedName(["aaaa-bbbb", "cccc"], 12),
      names.derivedName(["aaaa", "bbbb-cccc"], 12),
    );
  });

  it("needs room for a character and the hash", () => {
    assert.throws(() => names.derivedName(["orders"], 7), RangeError);
    assert.match(names.derivedName(["orders-db"], 8), /^o-[0-9a-f]{6}$/);
  });

  it("never exceeds its length, stays a valid name and doesn't meet another", () => {
    const label = fc.stringMatching(/^[a-z][-a-z0-9]{0,20}[a-z0-9]$/);
    const parts = fc.array(label, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, fc.integer({ min: 8, max: 40 }), (a, b, max) => {
        const name = names.derivedName(a, max);
        assert(name.length <= max);
        assert(/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name), name);
        assert.equal(names.derivedName([...a], max), name);
        if (a.join("-") !== b.join("-")) assert.notEqual(names.derivedName(b, max), name);
      }),
    );
  });
});

describe("a short hash", () => {
  it("is the first six digits of the SHA-256 of the text's UTF-8", () => {
    assert.equal(names.shortHash(""), "e3b0c4");
    assert.equal(names.shortHash("abc"), "ba7816");
  });
});
