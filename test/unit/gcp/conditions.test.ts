import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketName, objectPrefix, parseInstant } from "../../../components/units";
import { DumpFolder } from "../../../components/units/dumpFolder";
import { ObjectStoreLocation } from "../../../components/units/location";
import { iam, listPrefixAttribute, parseCondition } from "../../lab/gcs/cel";

/** "Logical operators in a role binding's condition expression": 12 (https://cloud.google.com/iam/quotas). */
const mostOperators = 12;

interface Node {
  readonly op: string;
  readonly args: unknown;
}

/** How many `&&`, `||` and `!` the parser finds. */
function logicalOperators(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, one) => sum + logicalOperators(one), 0);
  if (typeof node !== "object" || node === null || !("op" in node)) return 0;
  const { op, args } = node as Node;
  return (["&&", "||", "!_"].includes(op) ? 1 : 0) + logicalOperators(args);
}

const allows = (
  expression: string,
  name: string,
  { listing, time = "2026-11-28T12:00:00Z" }: { listing?: string; time?: string } = {},
): boolean =>
  parseCondition(expression)({
    resourceName: name,
    resourceType: "storage.googleapis.com/Object",
    time: new Date(time),
    attributes: listing === undefined ? {} : { [listPrefixAttribute]: listing },
  });

const buckets = fc.stringMatching(/^[a-z0-9][-_a-z0-9]{1,20}[a-z0-9]$/).filter((text) => bucketName(text).ok);
const prefixes = fc
  .stringMatching(/^[A-Za-z0-9._-]{1,12}(\/[A-Za-z0-9._-]{1,12}){0,3}$/)
  .filter((text) => objectPrefix(text).ok);
const moments = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().replace(/\.\d+Z$/, "Z"))
  .filter((text) => parseInstant(text).ok);

describe("The condition of a grant, read by a CEL parser", () => {
  it("is well formed, is of the type that IAM wants, and has few operators", () => {
    fc.assert(
      fc.property(buckets, prefixes, moments, (bucket, prefix, moment) => {
        const location = new ObjectStoreLocation(bucket, prefix, "orders-db-g1");
        for (const [expression, operators] of [
          [location.iamCondition, 1],
          [new DumpFolder(bucket, prefix).iamCondition, 1],
          [location.iamConditionUntil(moment), 2],
        ] as const) {
          const parsed = iam.parse(expression);
          assert.deepEqual(parsed.check().valid && parsed.check().type, "bool", expression);
          assert.equal(logicalOperators(parsed.ast), operators, expression);
          assert.ok(operators <= mostOperators);
        }
      }),
    );
  });

  it("is true of the folder's own objects and listings, and of no others", () => {
    fc.assert(
      fc.property(buckets, prefixes, prefixes, (bucket, prefix, other) => {
        const { iamCondition } = new ObjectStoreLocation(bucket, prefix, "orders-db-g1");
        const objects = `projects/_/buckets/${bucket}/objects`;
        const inside = (name: string) => `${name}/`.startsWith(`${prefix}/`);
        assert.equal(allows(iamCondition, `${objects}/${prefix}/orders-db-g1/wals/1`), true);
        assert.equal(allows(iamCondition, `${objects}/${prefix}-2/orders-db-g1/wals/1`), false);
        assert.equal(allows(iamCondition, `${objects}/${other}/x`), inside(other));
        assert.equal(allows(iamCondition, `projects/_/buckets/${bucket}x/objects/${prefix}/x`), false);
        const folder = `projects/_/buckets/${bucket}`;
        assert.equal(allows(iamCondition, folder), false);
        assert.equal(allows(iamCondition, folder, { listing: `${prefix}/` }), true);
        assert.equal(allows(iamCondition, folder, { listing: `${prefix}/orders-db-g1/base/` }), true);
        assert.equal(allows(iamCondition, folder, { listing: prefix }), false);
        assert.equal(allows(iamCondition, folder, { listing: "" }), false);
      }),
    );
  });

  it("ends at the moment that is named, for objects and for listings", () => {
    const location = new ObjectStoreLocation("acme-backups", "cnpg/orders-db", "orders-db-g1");
    const until = location.iamConditionUntil("2026-12-01T00:00:00+01:00");
    const object = "projects/_/buckets/acme-backups/objects/cnpg/orders-db/x";
    for (const [time, expected] of [
      ["2026-11-30T22:59:59Z", true],
      ["2026-11-30T23:00:00Z", false],
    ] as const) {
      assert.equal(allows(until, object, { time }), expected);
      assert.equal(
        allows(until, "projects/_/buckets/acme-backups", { time, listing: "cnpg/orders-db/" }),
        expected,
      );
    }
  });

  for (const wrong of [
    'resource.name.startsWith("a" || true',
    "resource.nome.startsWith('a')",
    "resource.name.startsWith(1)",
    "resource.name",
    "request.time < '2026-12-01T00:00:00Z'",
    "owner.name == 'a'",
  ])
    it(`would be found out if it were ${wrong}`, () => {
      let type: unknown;
      try {
        const checked = iam.parse(wrong).check();
        type = checked.valid ? checked.type : "invalid";
      } catch {
        type = "no CEL";
      }
      assert.notEqual(type, "bool");
    });
});
