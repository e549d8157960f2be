import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { dump } from "js-yaml";
import { kubernetesType, Resource } from "../../../policies/core/resource";
import { formatPath, UNKNOWN } from "../../../policies/core/view";
import { lint } from "../../../policies/lint/lint";
import { entriesOf } from "../../../policies/lint/output/report";
import { formatSarif } from "../../../policies/lint/output/sarif";
import { formatText } from "../../../policies/lint/output/text";
import { readText } from "../../../policies/lint/read";

const schemas = resolve(__dirname, "../../../components/crds/schemas");

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

/** A value with every field that a schema knows. */
function whole(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.properties !== undefined)
    return Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, whole(inner)]));
  if (schema.type === "array") return [whole(schema.items ?? {})];
  if (typeof schema.additionalProperties === "object") return { key: whole(schema.additionalProperties) };
  return { boolean: true, integer: 3, number: 0.5, object: {} }[schema.type ?? ""] ?? "text";
}

const index = JSON.parse(readFileSync(join(schemas, "index.json"), "utf8")) as Readonly<
  Record<string, { readonly group: string; readonly version: string }>
>;
const objects = Object.entries(index).map(([kind, { group, version }]) => {
  const schema = JSON.parse(readFileSync(join(schemas, `${kind}.json`), "utf8")) as Schema;
  const content = whole(schema) as Record<string, unknown>;
  const metadata = { name: "db", namespace: "prod", labels: { a: "b" }, annotations: { c: "d" } };
  return { ...content, apiVersion: `${group}/${version}`, kind, metadata };
});

type Path = readonly (string | number)[];

/** Every place in a value but the ones that make it an object of its kind. */
function placesIn(value: unknown, path: Path = []): Path[] {
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, one]) =>
          placesIn(one, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : [];
  return ["", "apiVersion", "kind"].includes(formatPath(path)) ? inner : [path, ...inner];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const strange: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  "",
  "text",
  [],
  {},
  [null],
  [[]],
  ["text", 1, {}],
  { key: null },
  { key: [{}] },
  UNKNOWN,
];

/** Lints a text; returns all there is to print. @throws on any fault */
function lintText(text: string | Buffer): string {
  const { resources, unreadable, notes, files, documents } = readText(text, "x.yaml");
  const result = lint(resources, { unreadable });
  assert.deepEqual(result.faults, []);
  const report = {
    entries: entriesOf(result.findings),
    suppressed: [],
    notes: [...notes, ...result.notes],
    rules: [],
    files,
    documents,
    objects: resources.length,
    version: "0.0.0",
  };
  return `${formatText(report, false)}${formatSarif(report)}${report.notes.join("\n")}`;
}

describe("whatever is given to the linter", () => {
  for (const object of objects)
    it(`no rule fails on a ${object.kind} with a wrong value in any of its fields`, function () {
      this.timeout(120_000);
      const places = placesIn(object);
      assert.ok(places.length >= 5);
      const documents = places.flatMap((place) => strange.map((value) => replaced(object, place, value)));
      const type = kubernetesType(object.apiVersion, object.kind);
      const resources = documents.map((value) => new Resource({ type, value, origin: { file: "x.yaml" } }));
      // In pieces: rules that compare objects see them all together.
      for (let i = 0; i < resources.length; i += 100) {
        const { faults } = lint(resources.slice(i, i + 100));
        assert.deepEqual(faults.slice(0, 1), []);
      }
    });

  it("no rule fails on several wrong values at once, and it says the same again", () => {
    const place = fc.constantFrom(...objects).chain((object) =>
      fc.record({
        object: fc.constant(object),
        changes: fc.array(fc.tuple(fc.constantFrom(...placesIn(object)), fc.anything({ maxDepth: 3 })), {
          maxLength: 5,
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 4 }), (all) => {
        const texts = all.map(({ object, changes }) =>
          changes.reduce<unknown>(
            (value, [path, by]) => safely(() => replaced(value, path, by), value),
            object,
          ),
        );
        const text = texts.map((one) => safely(() => JSON.stringify(one), "{}")).join("\n---\n");
        assert.equal(lintText(text), lintText(text));
      }),
      { numRuns: 60 },
    );
  });

  it("reads texts that were cut, spliced and garbled without falling over, and says the same again", () => {
    const texts = objects
      .map((object) => dump(object))
      .concat("a: &a [*a]\n", "{{ if x }}\n", "? [\n", "---\n%TAG\n");
    const pieces = fc.constantFrom(
      "\t",
      "\n",
      ":",
      "- ",
      "{",
      "[",
      '"',
      "'",
      "&a ",
      "*a",
      "|\n",
      "---\n",
      "...\n",
      "#",
      "\0",
      "\u2028",
      "{{",
      "$" + "{",
      "<<: ",
      "!x ",
      "\ud800",
      "? ",
      "%",
    );
    const change = fc.tuple(fc.nat(), fc.nat(20), fc.oneof(pieces, fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (text, changes) => {
          const garbled = changes.reduce((before, [at, length, by]) => {
            const start = at % (before.length + 1);
            return `${before.slice(0, start)}${by}${before.slice(start + length)}`;
          }, text);
          assert.equal(lintText(garbled), lintText(garbled));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("reads any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        lintText(Buffer.concat([Buffer.from("apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n"), bytes]));
        lintText(Buffer.from(bytes));
      }),
      { numRuns: 300 },
    );
  });
});

function safely<T>(make: () => T, otherwise: T): T {
  try {
    return make() ?? otherwise;
  } catch {
    return otherwise;
  }
}
