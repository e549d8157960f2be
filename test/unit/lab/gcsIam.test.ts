import assert from "node:assert/strict";
import fc from "fast-check";
import { decideEnvironment } from "../../../components/environment/decide";
import { bucketRole, objectRole } from "../../../components/identity/roles";
import { Problems } from "../../../components/problems";
import { ObjectStoreLocation } from "../../../components/units/location";
import { loadStack } from "../../../stacks/load";
import { validStacks } from "../../helpers/validStacks";
import { parseCondition, UnknownCondition } from "../../lab/gcs/cel";
import { type BucketBinding, iamJudge } from "../../lab/gcs/iam";
import type { Access } from "../../lab/gcs/permissions";

const now = new Date("2026-06-01T12:00:00Z");
const context = {
  resourceName: "projects/_/buckets/b/objects/o/1",
  resourceType: "storage.googleapis.com/Object",
  time: now,
  attributes: { "storage.googleapis.com/objectListPrefix": "o/" },
};
const holds = (expression: string, more: Partial<typeof context> = {}) =>
  parseCondition(expression)({ ...context, ...more });

describe("conditions of IAM", () => {
  for (const [expression, expected] of [
    ['resource.name.startsWith("projects/_/buckets/b/objects/o/")', true],
    ['resource.name.startsWith("projects/_/buckets/b/objects/p/")', false],
    ["resource.name.endsWith('/1')", true],
    ['resource.type == "storage.googleapis.com/Object"', true],
    ['resource.type != "storage.googleapis.com/Object"', false],
    ['resource.service == "storage.googleapis.com"', true],
    ['request.time < timestamp("2027-01-01T00:00:00Z")', true],
    ['request.time >= timestamp("2027-01-01T00:00:00Z")', false],
    ['api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("o/")', true],
    ["true || false && false", true],
    ["(true || false) && false", false],
    ["!false && !(true && false)", true],
    ['!resource.name.startsWith("x") == true', true],
    ['resource.name == "a\\"b" || resource.name.startsWith("projects")', true],
  ] as const) {
    it(`says ${expected} of ${expression}`, () => {
      assert.equal(holds(expression), expected);
    });
  }

  it("takes the default of an attribute that was not set", () => {
    const none = { attributes: {} as typeof context.attributes };
    const get = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "none")';
    assert.equal(holds(`${get} == "none"`, none), true);
  });

  for (const expression of [
    "",
    "resource.name",
    '"text"',
    'resource.name.matches("a.*")',
    'resource.name.extract("objects/{name}") == "o"',
    'resource.labels == "x"',
    'request.auth == "x"',
    'api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", "") == ""',
    'resource.name == true || resource.name == "x"',
    'resource.name < "x"',
    "true || ",
    "true true",
    "true && resource.name",
    "(true",
    'resource.name.startsWith("a"',
    'resource.name.startsWith("a',
    'timestamp("tomorrow") < request.time',
    "true ? true : false",
    'resource.name in ["a"]',
    'resource.name.startsWith("a\\n")',
  ]) {
    it(`refuses ${JSON.stringify(expression)}, instead of guessing`, () => {
      assert.throws(() => parseCondition(expression), UnknownCondition);
    });
  }
});

const location = new ObjectStoreLocation("b", "cnpg/orders", "orders-g1");
const me = "serviceAccount:me@p.iam.gserviceaccount.com";
const objects: BucketBinding = {
  bucket: "b",
  role: objectRole,
  member: me,
  condition: { expression: location.iamCondition },
};
const onBucket: BucketBinding = { bucket: "b", role: bucketRole, member: me };
const may = (bindings: BucketBinding[], access: Access) => iamJudge(bindings, me)(access, now);
const on = (permission: string, object?: string): Access => ({
  permission,
  bucket: "b",
  ...(object !== undefined && { object }),
});
const list = (prefix: string): Access => ({ permission: "storage.objects.list", bucket: "b", prefix });

/** Those whose backups go to Cloud Storage. */
const ofGoogle = validStacks.filter((stack) => stack["gcp:project"] !== undefined);

describe("what IAM says to the roles that are declared", () => {
  it("lets a cluster of its own account do all that it needs below its prefix", () => {
    for (const permission of ["get", "create", "delete"])
      assert(may([objects], on(`storage.objects.${permission}`, "cnpg/orders/orders-g1/base/1")), permission);
  });

  it("keeps it from the objects of others, also of those whose names begin in the same way", () => {
    for (const name of ["cnpg/users/1", "cnpg/orders-2/1", "cnpg/orders", "cnpg"])
      for (const permission of ["get", "create", "delete", "update"])
        assert(!may([objects, onBucket], on(`storage.objects.${permission}`, name)), `${permission} ${name}`);
  });

  it("lets the condition's part about listing be what allows a listing, and only below the prefix", () => {
    assert(may([objects], list("cnpg/orders/orders-g1/wals/")));
    for (const prefix of ["", "cnpg/", "cnpg/orders", "cnpg/users/"]) assert(!may([objects], list(prefix)));
    const [byName] = location.iamCondition.split(" || ");
    const withoutListing = { ...objects, condition: { expression: byName ?? "" } };
    assert(!may([withoutListing], list("cnpg/orders/")), "a listing is asked of the bucket");
  });

  it("reads the bucket by the bucket's role alone, which lists nothing", () => {
    assert(may([onBucket], on("storage.buckets.get")));
    for (const prefix of ["", "cnpg/", "cnpg/users/"]) assert(!may([objects, onBucket], list(prefix)));
    assert(!may([objects], on("storage.buckets.get")));
  });

  it("reads the bucket with neither of the object roles, nor by any name of an object", () => {
    for (const role of ["objectUser", "objectAdmin", "objectViewer", "objectCreator", "legacyObjectReader"])
      assert(!may([{ ...onBucket, role: `roles/storage.${role}` }], on("storage.buckets.get")), role);
  });

  it("grants nothing to others, on other buckets, and nothing that is asked of a project", () => {
    assert(
      !iamJudge([onBucket], "serviceAccount:other@p.iam.gserviceaccount.com")(on("storage.buckets.get"), now),
    );
    assert(!may([onBucket], { ...on("storage.buckets.get"), bucket: "c" }));
    const admin = { ...onBucket, role: "roles/storage.admin" };
    assert(may([admin], on("storage.buckets.delete")));
    assert(!may([admin], on("storage.buckets.create")));
  });

  it("refuses roles that it does not know", () => {
    assert.throws(() => iamJudge([{ ...onBucket, role: "roles/storage.folderAdmin" }], me), /not known/);
  });

  it("understands every condition that an environment declares, each for its own cluster only", () => {
    fc.assert(
      fc.property(ofGoogle, (stack) => {
        const plan = decideEnvironment(new Problems(), "prop", loadStack("prop", stack));
        const bucket = plan.bucket?.name ?? "";
        const bindings = plan.identity.grants;
        const places = plan.clusters.flatMap(({ plan: { workload, backup } }) =>
          backup === undefined ? [] : [{ who: workload.toString(), where: backup.location.objectPrefix }],
        );
        for (const { who, where } of places) {
          const judge = iamJudge(bindings, `serviceAccount:${plan.identity.emails.get(who)}`);
          for (const other of places) {
            const object = `${other.where}x`;
            const allowed = judge({ permission: "storage.objects.get", bucket, object }, now);
            assert.equal(allowed, plan.identity.mode === "shared" || other.where === where);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
