import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  type Declaration,
  grantsSql,
  leftoversSql,
  missingSql,
  refusalsSql,
  rememberSql,
  reportSql,
} from "../../../components/grants/sql";
import { type Privilege, privilegesOf } from "../../../components/grants/vocabulary";
import { quoteLiteral } from "../../../components/units/sql";

/** Anything that a name in Postgres can be, with what has a meaning somewhere on its way there. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }).filter((text) => !text.includes("\0")),
  fc.constantFrom(
    "'",
    '"',
    "\\",
    "$grants$",
    "%I",
    ":role",
    "$(id)",
    "`id`",
    "'; DROP ROLE postgres; --",
    "\n\\! id\n",
  ),
);
const declaration: fc.Arbitrary<Declaration> = fc.record({
  exclusive: fc.boolean(),
  roles: fc.array(name, { maxLength: 3 }),
  schemas: fc.array(fc.record({ name }), { maxLength: 3 }),
  wanted: fc.array(
    fc.record({
      kind: fc.constantFrom("schema", "table"),
      schema: name,
      role: name,
      privilege: fc.constant("SELECT"),
    }) as fc.Arbitrary<Privilege>,
    { maxLength: 3 },
  ),
});
const nothing: Declaration = { exclusive: false, roles: [], schemas: [], wanted: [] };

/** Words of a privilege: `SELECT on table of public`. */
const words = ({ kind, schema, privilege, future }: Privilege) =>
  `${privilege} on ${kind}${schema === undefined ? "" : ` of ${schema}`}${future ? ", future too" : ""}`;

describe("The SQL of grants", () => {
  for (const [what, render] of Object.entries({ missingSql, rememberSql, grantsSql, reportSql }))
    it(`differs by one literal alone, whatever the names are: ${what}`, () => {
      const literalOf = (each: Declaration) => quoteLiteral(JSON.stringify(each));
      const [before = "", after = "", ...more] = render(nothing).split(literalOf(nothing));
      assert.equal(more.length, 0);
      fc.assert(
        fc.property(declaration, (each) => {
          assert.equal(render(each), before + literalOf(each) + after);
        }),
      );
    });

  for (const [what, render] of Object.entries({ leftoversSql, refusalsSql }))
    it(`asks for names by one literal too: ${what}`, () => {
      const [before = "", after = "", ...more] = render([]).split("'[]'");
      assert.equal(more.length, 0);
      fc.assert(
        fc.property(fc.array(name), (roles) => {
          assert.equal(render(roles), before + quoteLiteral(JSON.stringify(roles)) + after);
        }),
      );
    });

  it("says its literal so that Postgres reads the declaration back", () => {
    fc.assert(
      fc.property(declaration, (each) => {
        const literal = quoteLiteral(JSON.stringify(each));
        const escaped = literal.startsWith(" E'");
        const inner = literal.slice(escaped ? 3 : 1, -1).replaceAll("''", "'");
        assert.equal(escaped ? inner.replaceAll("\\\\", "\\") : inner, JSON.stringify(each));
      }),
    );
  });

  it("quotes names only with Postgres' own functions", () => {
    const formats = [...grantsSql(nothing).matchAll(/format\('([^']*)'/g)].map(([, text = ""]) => text);
    assert(formats.length >= 10);
    for (const format of formats) assert.match(format, /^[A-Z %(),sI]+$/);
  });
});

describe("The words of grants", () => {
  const schemas = ["public", "sales"];
  const cases = {
    "connect, which naming the database means": [{}, ["CONNECT on database"]],
    "nothing at all": [{ connect: false }, []],
    read: [
      { connect: false, read: ["sales"] },
      [
        "USAGE on schema of sales",
        "SELECT on table of sales, future too",
        "SELECT on sequence of sales, future too",
      ],
    ],
    write: [
      { connect: false, write: ["public"], defaultPrivileges: false },
      [
        "USAGE on schema of public",
        "INSERT on table of public",
        "UPDATE on table of public",
        "DELETE on table of public",
        "USAGE on sequence of public",
      ],
    ],
    createTables: [
      { connect: false, createTables: ["sales"] },
      ["TEMPORARY on database", "USAGE on schema of sales", "CREATE on schema of sales"],
    ],
    createSchema: [{ createSchema: true }, ["CONNECT on database", "CREATE on database"]],
    executeFunctions: [
      { connect: false, executeFunctions: ["*"] },
      [
        "USAGE on schema of public",
        "EXECUTE on routine of public, future too",
        "USAGE on schema of sales",
        "EXECUTE on routine of sales, future too",
      ],
    ],
    metadataAccess: [
      { connect: false, metadataAccess: true },
      ["USAGE on schema of public", "USAGE on schema of sales"],
    ],
    "manageRoles, which is an attribute and no privilege": [{ connect: false, manageRoles: true }, []],
  } as const;
  for (const [what, [args, expected]] of Object.entries(cases))
    it(`mean: ${what}`, () => {
      const found = privilegesOf("role", structuredClone(args) as never, schemas);
      assert.deepEqual(found.map(words).sort(), [...expected].sort());
      assert(found.every(({ role }) => role === "role"));
    });

  it("name each privilege once, however many flags mean it", () => {
    const all = privilegesOf(
      "r",
      { read: ["*"], write: ["*"], createTables: ["*"], metadataAccess: true },
      schemas,
    );
    assert.equal(new Set(all.map(words)).size, all.length);
  });
});
