import assert from "node:assert/strict";
import { decideEnvironment } from "../../../components/environment/decide";
import type { PostgresEnvironmentArgs } from "../../../components/index";
import { own } from "../../../components/own";
import { Problems } from "../../../components/problems";

/** Names that every object of JavaScript has something under, and that Postgres takes as well as any. */
const inherited = ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"];

/** A stack in which a database and a role are called so, and nothing of the others is said of them. */
const stackOf = (name: string): PostgresEnvironmentArgs => ({
  project: "acme-prod",
  region: "europe-west1",
  profile: "dev",
  clusters: {
    db: {
      namespace: "orders",
      // One of which nobody knows what extensions it has.
      image: "registry.example.com/postgresql:17.6",
      initdb: { database: "orders" },
      databases: Object.fromEntries([
        ["orders", { extensions: [name], extensionOptions: {} }],
        [name, { owner: "keeper" }],
      ]),
      roles: Object.fromEntries([
        ["reader", { grants: { orders: { read: ["public"] } } }],
        ["member", { inRoles: ["reader"] }],
        [name, { login: true }],
      ]),
    },
  },
});

/** All that is decided, with the name and hashes taken out. */
function decided(name: string): string {
  const problems = new Problems();
  const plan = decideEnvironment(problems, "prod", stackOf(name));
  assert.deepEqual(problems.list, []);
  const text = JSON.stringify(plan, (_, value) => {
    if (value instanceof Map) return [...value];
    return typeof value === "bigint" ? String(value) : value;
  });
  return text
    .replaceAll(name, "NAME")
    .replaceAll(
      name
        .toLowerCase()
        .replaceAll("_", "-")
        .replace(/^-+|-+$/g, ""),
      "NAME",
    )
    .replace(/-[0-9a-f]{6}(?=[^0-9a-z])/g, "");
}

describe("Names that every object has something under", () => {
  it("are found where they are own, and nowhere else", () => {
    for (const name of inherited) {
      assert.equal(own({} as Record<string, string>, name), undefined, name);
      assert.equal(own(Object.fromEntries([[name, "x"]]), name), "x", name);
    }
    assert.equal(own(undefined as Readonly<Record<string, string>> | undefined, "a"), undefined);
  });

  for (const name of inherited)
    it(`give a database or a role no rights and no settings that were not declared: ${name}`, () => {
      const problems = new Problems();
      const plan = decideEnvironment(problems, "prod", stackOf(name));
      assert.deepEqual(problems.list, []);
      const [cluster] = plan.clusters;
      const objects = cluster?.plan.objects ?? assert.fail("no cluster");
      const sql = (database: string) =>
        (
          objects.find(({ key }) => key === `grants/${database}/sql`)?.body.data as
            | Record<string, string>
            | undefined
        )?.["grants.sql"] ??
        assert.fail(`no grants of ${database} among ${objects.map(({ key }) => key).join()}`);
      assert.match(sql(name), /"exclusive":false/);
      assert.match(sql(name), /"wanted":\[\]/);
      assert.match(sql("orders"), /"exclusive":true/);
      assert.doesNotMatch(sql("orders"), new RegExp(`"role":"${name}"`));
      assert.match(sql("orders"), new RegExp(`"roles":\\[[^\\]]*"${name}"`));
    });

  it("change nothing else of a stack", () => {
    assert.equal(decided("constructor"), decided("constructoz"));
  });
});
