import assert from "node:assert/strict";
import fc from "fast-check";
import { PostgresEnvironment } from "../../components/index";
import { archivingInto } from "../../policies/core/archives";
import { readSettings } from "../../policies/core/settings";
import { Stack } from "../../policies/core/stack";
import { comparisons, lint, type Resource, readText, toResource } from "../../policies/lint";
import { rules } from "../../policies/rules";
import { loadStack } from "../../stacks/load";
import { record } from "../helpers/mocks";
import { environmentArgs, image } from "../helpers/samples";
import { validStacks } from "../helpers/validStacks";

const comparing = rules.filter((rule) => rule.scope === "stack" && rule.compares === true);
/** The sentinel of a text that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Rules that are told of a fault by another rule. */
const told: Readonly<Record<string, string>> = {
  "cnpg-scheduled-backup": "cnpg-schedule-readable",
  "halves-store-keys": "barman-credentials-complete",
};

interface Given {
  readonly urn: string;
  readonly type: string;
  readonly inputs: unknown;
}

const read = (given: readonly Given[]): Resource[] =>
  given.flatMap(
    ({ urn, type, inputs }) => toResource({ urn, type, props: inputs as Record<string, unknown> }) ?? [],
  );

/** Every place of a text in a value. */
function textsIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

/** Takes a resource away, or puts another text in the place of one of its own, or one with a slip. */
function broken(given: readonly Given[], [which, where, by]: readonly [number, number, string]): Given[] {
  // Of what no rule compares nothing is to be learned.
  const known = given.filter(({ type }) => /cnpg|gcp|Secret|ServiceAccount|Job/.test(type));
  const one = known[which % known.length];
  if (one === undefined || by === "") return given.filter((other) => other !== one);
  const inputs = structuredClone(one.inputs) as Record<string, unknown>;
  const places = textsIn(inputs);
  const path = places[where % places.length] ?? [];
  let inner: Record<string | number, unknown> = inputs;
  for (const key of path.slice(0, -1)) inner = inner[key] as typeof inner;
  const last = path.at(-1) ?? "";
  inner[last] = by === "slip" ? `${inner[last]}x` : by;
  return given.map((other) => (other === one ? { ...one, inputs } : other));
}

/** That what a rule's rows say and what it finds are the same. */
function same(resources: readonly Resource[]): void {
  const stack = new Stack(resources);
  const archiving = archivingInto(stack);
  for (const rule of comparing) {
    const own = rules.filter(({ id }) => id === rule.id || id === told[rule.id]);
    const settings = readSettings({ pack: "strict" }, rules);
    const { findings, faults } = lint(resources, { rules: own, settings });
    assert.deepEqual(faults, []);
    const violations = findings.filter(({ kind }) => kind === "violation");
    const table = comparisons(resources, { rules: [rule], settings });
    const rows = table.flatMap((one) => one.rows);
    if (rows.some(({ verdict }) => verdict === "disagrees"))
      assert(violations.length > 0, `${rule.id}: ✗ without a finding: ${JSON.stringify(rows)}`);
    for (const { resource, message, rule: of } of violations)
      for (const cluster of of === rule ? [resource, ...archiving(resource)] : []) {
        const its = table.find((one) => one.resource === cluster)?.rows ?? [];
        assert(
          its.length === 0 || its.some(({ verdict }) => verdict !== "agrees"),
          `${rule.id}: ✓ in spite of "${message}": ${JSON.stringify(its)}`,
        );
      }
  }
}

/** A stack file whose clusters stay: of others a warning is logged. */
function withoutEnd(config: Readonly<Record<string, string>>): Record<string, string> {
  const kept = (key: string, value: unknown) => (key === "timeToLive" ? undefined : value);
  const key = "pulumi-cnpg:clusters";
  return { ...config, [key]: JSON.stringify(JSON.parse(config[key] ?? "{}", kept)) };
}

describe("What both halves of a Cluster say", () => {
  it("agrees in every stack that nothing is wrong with, and disagrees where a rule has a finding", async function () {
    this.timeout(240_000);
    const change = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom("", unknown, "other", "slip", "slip"));
    let disagreed = 0;
    await fc.assert(
      fc.asyncProperty(
        validStacks,
        fc.array(change, { minLength: 20, maxLength: 20 }),
        async (config, changes) => {
          const { resources } = await record(
            () => new PostgresEnvironment("test", loadStack("test", withoutEnd(config))),
          );
          const wrong = comparisons(read(resources))
            .flatMap(({ rows }) => rows)
            .filter(({ verdict }) => verdict === "disagrees");
          assert.deepEqual(wrong, []);
          same(read(resources));
          for (const one of changes) {
            const changed = read(broken(resources, one));
            same(changed);
            const rows = comparisons(changed).flatMap((each) => each.rows);
            if (rows.some(({ verdict }) => verdict === "disagrees")) disagreed += 1;
          }
        },
      ),
      { numRuns: 25 },
    );
    // Otherwise nothing was tried.
    assert(disagreed > 5, `${disagreed}`);
  });

  const cluster = (more = "") => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db, namespace: orders }
spec:
  plugins:
    - { name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: { barmanObjectName: db } }
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: { name: db, namespace: orders }
spec:
  configuration:
    destinationPath: s3://backups/cnpg/db
    s3Credentials: { accessKeyId: { name: s3, key: id }, secretAccessKey: { name: s3, key: key } }
${more}`;
  const secret = (content: string) => `---
{ apiVersion: v1, kind: Secret, metadata: { name: s3, namespace: orders }, ${content} }
`;
  const keysIn = (resources: readonly Resource[], settings = readSettings({}, rules)) =>
    comparisons(resources, { settings }).map(
      ({ rows }) => rows.find(({ what }) => what === "keys ⇄ s3Credentials")?.verdict,
    );
  const inFile = (text: string, file = "db.yaml") => readText(text, file).resources;

  it("can't be told where one half is elsewhere, or a value is not known yet", () => {
    assert.deepEqual(keysIn(inFile(cluster(secret("data: { id: eA==, key: eA== }")))), ["agrees"]);
    assert.deepEqual(keysIn(inFile(cluster(secret("data: { id: eA== }")))), ["disagrees"]);
    assert.deepEqual(keysIn(inFile(cluster())), ["unknown"]);
    assert.deepEqual(keysIn(inFile(cluster(secret("data: $DATA")))), ["unknown"]);
  });

  it("does not disagree in spite of an exemption, or of a rule that is disabled", () => {
    const half = inFile(cluster(secret("data: { id: eA== }")));
    const rule = "halves-store-keys";
    const exempted = { exemptions: [{ rule, resource: "orders/db", reason: "The key comes later." }] };
    assert.deepEqual(keysIn(half, readSettings(exempted, rules)), ["unknown"]);
    assert.deepEqual(keysIn(half, readSettings({ rules: { [rule]: "disabled" } }, rules)), ["unknown"]);
  });

  it("is said of each environment, and of what lies around several only where they are of one mind", () => {
    const [dev, prod] = ["data: { id: eA== }", "data: { id: eA==, key: eA== }"].map(secret);
    const two = [...inFile(cluster(dev), "dev/db.yaml"), ...inFile(cluster(prod), "prod/db.yaml")];
    assert.deepEqual(keysIn(two), ["disagrees", "agrees"]);
    const other = (text: string) => `${cluster().replaceAll(/name: db\b/g, "name: other")}${text}`;
    const around = [
      ...inFile(cluster(), "db.yaml"),
      ...inFile(other(dev ?? ""), "dev/db.yaml"),
      ...inFile(other(prod ?? ""), "prod/db.yaml"),
    ];
    assert.equal(keysIn(around)[0], "unknown");
  });

  it("can't be told where a group has the role, whose members nobody sees", async () => {
    const db = { namespace: "orders", image, exports: { nightly: { schedule: "@daily" as const } } };
    const args = environmentArgs({ db });
    const { resources } = await record(() => new PostgresEnvironment("dev", args));
    const marks = (role: string) => {
      const changed = resources.map((one) =>
        one.inputs.role === role ? { ...one, inputs: { ...one.inputs, member: "group:a@example.com" } } : one,
      );
      const rows = comparisons(read(changed)).flatMap((one) => one.rows);
      return rows.filter(({ verdict }) => verdict !== "agrees").map(({ what, verdict }) => [what, verdict]);
    };
    assert.deepEqual(marks("none"), []);
    assert.deepEqual(marks("roles/storage.objectCreator"), [
      ["export role ⇄ folder", "unknown"],
      ["export can't reach the backups", "unknown"],
    ]);
    assert.deepEqual(marks("roles/storage.objectUser"), [
      ["bucket and prefix ⇄ destinationPath", "unknown"],
      ["roles ⇄ what Barman calls", "unknown"],
      ["export can't reach the backups", "unknown"],
    ]);
  });

  it("is said without any Cluster, of none", () => {
    assert.deepEqual(comparisons(inFile(secret("data: {}"))), []);
  });
});
