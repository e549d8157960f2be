import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parametersOf } from "../../../components/cluster/parameterCatalogue";
import { readParameterValue } from "../../../components/cluster/parameterValue";

interface Recorded {
  readonly version: string;
  readonly values: Readonly<Record<"bool" | "integer" | "real" | "enum", readonly string[]>>;
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly random: readonly [name: string, value: string, taken: number][];
}

const recorded = (major: number) =>
  JSON.parse(
    readFileSync(join(__dirname, `../../fixtures/postgres/answers.${major}.json`), "utf8"),
  ) as Recorded;

/** Values that servers refuse for reasons of their own, which the catalogue does not have. */
const refusedBesides: Readonly<Record<string, RegExp>> = {
  // The stack that the recording process had.
  max_stack_depth: /./,
  // No build for Linux has it.
  bonjour: /./,
  // All of them together are too many.
  max_connections: /^262143$/,
  autovacuum_max_workers: /^262143$/,
  max_worker_processes: /^262143$/,
  max_wal_senders: /^262143$/,
  autovacuum_worker_slots: /^262143$/,
};

/** Values that the recorded servers were not built for; see `libraries` in the generator. */
const ofLibraries = new Set(["lz4", "zstd", "io_uring"]);

for (const major of [14, 15, 16, 17, 18]) {
  describe(`values of Postgres ${major}'s parameters`, () => {
    const { values, answers, random } = recorded(major);
    const catalogue = parametersOf(major);

    function compare(name: string, text: string, taken: boolean): string | undefined {
      const facts = catalogue.find(name);
      assert(facts !== undefined, name);
      const { ok } = readParameterValue(facts, text);
      if (ok === taken || (ok && refusedBesides[name]?.test(text))) return undefined;
      return `${name} = ${JSON.stringify(text)}: ${taken ? "taken" : "refused"} by Postgres`;
    }

    it("are taken and refused as a real server did", () => {
      const wrong = Object.entries(answers).flatMap(([bits, names]) =>
        names.flatMap((name) => {
          const facts = catalogue.find(name);
          assert(facts !== undefined, name);
          const type = facts.type === "int" ? "integer" : (facts.type as "bool" | "real" | "enum");
          const by = (bound: number, more: number) =>
            Number.isInteger(bound) && Math.abs(bound) < (type === "real" ? 1e6 : 2 ** 53)
              ? String(bound + more)
              : String(bound);
          const listed =
            type === "enum"
              ? (["", "upper", "space"] as const).flatMap((how) =>
                  facts.values
                    .filter((value) => !ofLibraries.has(value))
                    .map((value) =>
                      how === "upper" ? value.toUpperCase() : how === "space" ? ` ${value}` : value,
                    ),
                )
              : [];
          const all = values[type].map((value) =>
            value
              .replace("{min}-1", by(facts.least, -1))
              .replace("{max}+1", by(facts.most, 1))
              .replace("{min}", by(facts.least, 0))
              .replace("{max}", by(facts.most, 0)),
          );
          return [...all, ...listed]
            .slice(0, bits.length)
            .flatMap((text, i) => compare(name, text, bits[i] === "1") ?? []);
        }),
      );
      assert.deepEqual(wrong, []);
    });

    it("are taken and refused as a real server did, whatever number with whatever unit it is", () => {
      assert.deepEqual(
        random.flatMap(([name, text, taken]) => compare(name, text, taken === 1) ?? []),
        [],
      );
    });
  });
}
