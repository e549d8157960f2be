import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { DatabaseArgs, InitdbArgs } from "../../../components/args/database";
import { Check } from "../../../components/check";
import { decideDatabases } from "../../../components/database/decide";
import { Problems } from "../../../components/problems";
import { objectName } from "../../../components/units";
import { connectionUri, quoteIdentifier, quoteLiteral } from "../../../components/units/sql";
import { emptyKeys, paths } from "../../helpers/samples";

function decide(databases?: Record<string, DatabaseArgs>, initdb?: InitdbArgs, cluster = "db") {
  const problems = new Problems();
  return { ...decideDatabases(new Check(problems), cluster, databases, initdb), problems: problems.list };
}

/** A Postgres name: anything but NUL, at most 63 bytes. */
const identifier = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .filter((text) => !text.includes("\0") && Buffer.byteLength(text) <= 63);

/** Reads a quoted identifier as Postgres does. */
function unquote(text: string, quote: string): string {
  assert(text.startsWith(quote) && text.endsWith(quote) && text.length >= 2, text);
  const inner = text.slice(1, -1);
  assert.doesNotMatch(inner.replaceAll(quote + quote, ""), new RegExp(quote), "a quote stands alone");
  return inner.replaceAll(quote + quote, quote);
}

describe("SQL quoting", () => {
  it("makes any name an identifier that Postgres reads back as that name", () => {
    fc.assert(fc.property(identifier, (name) => assert.equal(unquote(quoteIdentifier(name), '"'), name)));
    assert.equal(quoteIdentifier('a"; DROP TABLE x; --'), '"a""; DROP TABLE x; --"');
    assert.equal(quoteIdentifier("back\\slash"), '"back\\slash"');
  });

  it("makes any text a literal that Postgres reads back, whatever standard_conforming_strings says", () => {
    const text = fc.string({ unit: fc.constantFrom("'", "\\", "a", "é", " ", "$", '"') });
    fc.assert(
      fc.property(text, (value) => {
        const literal = quoteLiteral(value);
        if (value.includes("\\")) {
          assert(literal.startsWith(" E'"), literal);
          assert.equal(unquote(literal.slice(2), "'").replaceAll("\\\\", "\\"), value);
        } else assert.equal(unquote(literal, "'"), value);
      }),
    );
  });

  it("throws at what no identifier and no string can hold", () => {
    assert.throws(() => quoteIdentifier(""));
    assert.throws(() => quoteIdentifier("a\0b"));
    assert.throws(() => quoteLiteral("a\0b"));
  });

  it("makes a URI from any user, password and database that leads back to them", () => {
    fc.assert(
      fc.property(identifier, fc.string({ minLength: 1 }), identifier, (user, password, database) => {
        const url = new URL(
          connectionUri({
            user,
            encodedPassword: encodeURIComponent(password),
            host: "db-rw.orders.svc",
            port: 5432,
            database,
          }),
        );
        assert.equal(decodeURIComponent(url.username), user);
        assert.equal(decodeURIComponent(url.password), password);
        assert.equal(url.host, "db-rw.orders.svc:5432");
        assert.equal(url.pathname.split("/").length, 2);
      }),
    );
  });
});

describe("Databases of a cluster", () => {
  it("have init SQL for schemas, then extensions, then what was asked for, all of it quoted", () => {
    const { initdb } = decide(
      {
        orders: {
          owner: 'own"er',
          schemas: ["sa les", 'st"ock'],
          extensions: ["vector", "uuid-ossp"],
          extensionOptions: { vector: { schema: "sa les", version: "0.8'0" } },
        },
      },
      { postInitApplicationSQL: ["SELECT 1"] },
    );
    assert.deepEqual(initdb.postInitApplicationSQL, [
      'CREATE SCHEMA IF NOT EXISTS "sa les" AUTHORIZATION "own""er"',
      'CREATE SCHEMA IF NOT EXISTS "st""ock" AUTHORIZATION "own""er"',
      `CREATE EXTENSION IF NOT EXISTS "vector" SCHEMA "sa les" VERSION '0.8''0'`,
      'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
      "SELECT 1",
    ]);
  });

  it("have names of objects that Kubernetes takes, whatever Postgres calls them", () => {
    fc.assert(
      fc.property(identifier, identifier, (database, owner) => {
        const plan = decide({ [database]: { owner } }, undefined, "c".repeat(50));
        for (const name of [plan.databases[0]?.objectName ?? "", plan.owners[0]?.secretName ?? ""]) {
          assert(objectName(name).ok, name);
          assert(name.length <= 63, name);
        }
      }),
    );
  });

  it("never share an object when their names differ, in case and punctuation too", () => {
    const alike = ["a_b", "a-b", "A b", "a.b", "A_B", "a b", "ab", "_a_b", "é", "ü"];
    const { databases, owners, problems } = decide(Object.fromEntries(alike.map((n) => [n, {}])), {
      database: "ab",
    });
    assert.deepEqual(problems, []);
    assert.equal(new Set(databases.map((d) => d.objectName)).size, alike.length);
    assert.equal(new Set(owners.map((o) => o.secretName)).size, alike.length);
    fc.assert(
      fc.property(identifier, identifier, (one, two) => {
        fc.pre(one !== two);
        const names = decide({ [one]: {}, [two]: {} }, { database: one }).databases.map((d) => d.objectName);
        assert.equal(new Set(names).size, 2);
      }),
    );
  });

  it("come in alphabetical order, whatever order they were written in", () => {
    const all = { b: {}, a: {}, c: {} };
    const { databases } = decide(all, { database: "b" });
    assert.deepEqual(
      databases.map((d) => d.database),
      ["a", "b", "c"],
    );
    assert.deepEqual(decide({ c: {}, a: {}, b: {} }, { database: "b" }).databases, databases);
  });

  it("with one owner share that owner's Secret, which leads to initdb's database if it is among them", () => {
    const { owners, managedRoles } = decide(
      { a: { owner: "shop" }, b: { owner: "shop" } },
      { database: "b" },
    );
    assert.deepEqual(owners, [
      {
        role: "shop",
        secretName: "db-shop-credentials",
        database: "b",
        source: { kind: "random", length: 32, rotation: 1 },
        applications: [],
        verbatim: true,
      },
    ]);
    assert.deepEqual(managedRoles, []);
  });

  it("with one owner can't name two Secrets for it", () => {
    const databases = { a: { owner: "shop", ownerSecret: "one" }, b: { owner: "shop", ownerSecret: "two" } };
    const { problems } = decide(databases, { database: "a" });
    assert.deepEqual(problems, [
      {
        path: "databases.b.ownerSecret",
        value: "two",
        allowed: "the one Secret of role shop, as databases.a has it",
      },
    ]);
  });

  it("with two owners can't log both in from one Secret, which has one user name", () => {
    const databases = { a: { owner: "x", ownerSecret: "login" }, b: { owner: "y", ownerSecret: "login" } };
    assert.deepEqual(paths(decide(databases, { database: "a" }).problems), ["databases.b.ownerSecret"]);
  });

  it("with one owner whose Secret only a later one names take that Secret", () => {
    const { owners, problems } = decide(
      { a: { owner: "shop" }, b: { owner: "shop", ownerSecret: "login" } },
      { database: "a" },
    );
    assert(problems.length > 0 || owners[0]?.secretName === "login");
  });

  it("have no key without a value, with every option set or none", () => {
    const full: DatabaseArgs = {
      owner: "o",
      ownerSecret: "s",
      extensions: ["vector"],
      extensionOptions: { vector: { version: "1" } },
      schemas: ["x"],
      connectionLimit: 5,
      reclaimPolicy: "delete",
      encoding: "UTF8",
      locale: "C",
    };
    for (const args of [full, {}, { extensions: [], schemas: [] }])
      assert.deepEqual(emptyKeys(decide({ app: args }, { encoding: "UTF8" }).databases), []);
    assert.deepEqual(emptyKeys(decide({ app: {} }, { encoding: "UTF8", walSegmentSize: 32 }).initdb), []);
  });

  it("are made of template0 where encoding or locale are not those of the server, and only there", () => {
    const templates = (args: DatabaseArgs, initdb: InitdbArgs = {}) =>
      decide({ app: args, more: args }, { database: "app", ...initdb }).databases.map(
        ({ spec }) => spec.template,
      );
    const [none, template0] = [undefined, "template0"];
    assert.deepEqual(templates({ encoding: "LATIN1" }), [none, template0]);
    assert.deepEqual(templates({ locale: "de_DE.UTF-8" }), [none, template0]);
    for (const args of [{}, { encoding: "utf-8", locale: "C" }])
      assert.deepEqual(templates(args), [none, none]);
    const german = { localeCollate: "de_DE.UTF-8", localeCType: "de_DE.UTF-8" };
    assert.deepEqual(templates({ locale: "de_DE.UTF-8" }, german), [none, none]);
    assert.deepEqual(templates({ locale: "C" }, german), [none, template0]);
  });

  it("may be called what JavaScript calls its own things", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      const { problems, databases } = decide({ [name]: { extensions: [name] } });
      assert.deepEqual(problems, []);
      assert.deepEqual(databases[0]?.spec.extensions, [{ name, ensure: "present" }]);
    }
  });

  it("refuse names that Postgres or CNPG keeps for itself", () => {
    for (const name of ["postgres", "template0", "template1"])
      assert.deepEqual(paths(decide({ [name]: { owner: "x" } }).problems), [`databases.${name}`]);
    for (const owner of ["postgres", "streaming_replica", "cnpg_x", "pg_x", "public", "none"])
      assert.deepEqual(paths(decide({ app: { owner } }).problems), ["databases.app.owner"]);
    assert.deepEqual(paths(decide({ app: { schemas: ["pg_own"] } }).problems), ["databases.app.schemas[0]"]);
  });
});

describe("Settings of initdb", () => {
  it("take a WAL segment size that is a power of two", () => {
    for (const walSegmentSize of [1, 16, 64, 1024])
      assert.deepEqual(decide({ app: {} }, { walSegmentSize }).problems, []);
    for (const walSegmentSize of [0, 3, 2048, 1.5, -2, 2 ** 33])
      assert.deepEqual(paths(decide({ app: {} }, { walSegmentSize }).problems), ["initdb.walSegmentSize"]);
  });

  it("need the locale that their provider goes by", () => {
    assert.deepEqual(paths(decide({ app: {} }, { localeProvider: "icu" }).problems), ["initdb.icuLocale"]);
    assert.deepEqual(paths(decide({ app: {} }, { localeProvider: "builtin" }).problems), [
      "initdb.builtinLocale",
    ]);
    assert.deepEqual(paths(decide({ app: {} }, { localeProvider: "posix" }).problems), [
      "initdb.localeProvider",
    ]);
    assert.deepEqual(decide({ app: {} }, { localeProvider: "icu", icuLocale: "en-US" }).problems, []);
  });

  it("take a provider's locale only with that provider, as the Cluster's schema rules", () => {
    assert.deepEqual(paths(decide({ app: {} }, { icuLocale: "en-US" }).problems), ["initdb.icuLocale"]);
    assert.deepEqual(paths(decide({ app: {} }, { builtinLocale: "C.UTF-8" }).problems), [
      "initdb.builtinLocale",
    ]);
  });

  it("refuse a database that is not among the databases, and blank SQL", () => {
    const { problems } = decide({ a: {}, b: {} }, { database: "c", postInitSQL: ["SELECT 1", " "] });
    assert.deepEqual(paths(problems), ["initdb.database", "initdb.postInitSQL[1]"]);
    assert.equal(problems[0]?.allowed, "one of the databases: a, b");
  });
});
