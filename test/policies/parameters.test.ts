import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as components from "../../components/cluster/parameterCatalogue";
import { dangers as refused } from "../../components/cluster/parameterDangers";
import { readParameterValue } from "../../components/cluster/parameterValue";
import { majors, parametersOf } from "../../policies/core/parameterCatalogue";
import { dangers } from "../../policies/core/parameterDangers";
import { readValue } from "../../policies/core/parameters";

const read = (path: string) => readFileSync(join(__dirname, "../..", path), "utf8");

describe("the policies' copy of Postgres' parameters", () => {
  it("is the components'", () => {
    assert.equal(
      read("policies/core/postgresParameters.ts"),
      read("components/cluster/postgresParameters.ts"),
    );
  });

  it("has a rule for everything that the components refuse, and names only parameters that there are", () => {
    const judged = new Set([...dangers.map(({ name }) => name), "fsync", "full_page_writes"]);
    assert.deepEqual(
      refused.map(({ name }) => name).filter((name) => !judged.has(name)),
      [],
    );
    for (const { name } of dangers) assert(parametersOf(undefined).find(name) !== undefined, name);
  });

  for (const major of majors)
    it(`is read as the components read theirs, for Postgres ${major}`, () => {
      const recorded = JSON.parse(read(`test/fixtures/postgres/answers.${major}.json`)) as {
        values: Record<string, string[]>;
        random: [name: string, text: string][];
      };
      const [ours, theirs] = [parametersOf(major), components.parametersOf(major)];
      assert.deepEqual(ours.names, theirs.names);
      const texts = [...new Set(Object.values(recorded.values).flat())];
      const alike = new Set<string>();
      const asked = [
        ...ours.names.flatMap((name) => {
          const facts = ours.find(name);
          // One of those that have everything but the name in common.
          const kind = JSON.stringify({ ...facts, name: /_buffers$|_limit$|^io_/.test(name) ? name : "" });
          if (alike.has(kind)) return [];
          alike.add(kind);
          const own = [facts?.least, facts?.most, ...(facts?.values ?? []), ...(facts?.unlisted ?? [])].map(
            String,
          );
          return [...texts, ...own].map((text) => [name, text] as const);
        }),
        ...recorded.random,
      ];
      for (const [name, text] of asked) {
        const [own, other] = [ours.find(name), theirs.find(name)];
        assert(own !== undefined && other !== undefined);
        const value = readParameterValue(other, text);
        assert.equal(readValue(own, text), value.ok ? value.value : undefined, `${name} = ${text}`);
      }
    });
});
