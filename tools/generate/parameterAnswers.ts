/**
 * Records what servers say to values of their parameters, for the tests of what reads such values:
 *
 *     node --import tsx tools/generate/parameterAnswers.ts "host=/run/pg14 user=postgres" "host=/run/pg15 user=postgres" ...
 *
 * The servers are those of `parameters.ts`. Every parameter is asked for the values of its type in `values`, in which `{min}` and
 * `{max}` stand for the bounds that the server tells; one that a server takes has a 1 in `answers`, one that it refuses a 0, and parameters
 * with the same answers stand together. `random`
 * has some more: random numbers with units, and whether they are taken.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { ask, majorOf, tried } from "./parameters";

const numbers = [
  ..."{min} {max} {min}-1 {max}+1 {min}B {min}kB {min}MB {min}us {min}ms {min}s {min}min {max}ms {max}kB 0 1 2 -1 +1 5 10 100".split(
    " ",
  ),
  ..."1000 65536 1B 1kB 1KB 1MB 1mb 1GB 1TB 1Mi 64MB 256MB 1.5GB 0.5MB 1us 500ms 1s 30s 1S 1min 5min 1m 1h 1d 1sec 1day".split(
    " ",
  ),
  ..."0x10 0x1.8 0X1f 0x 010 08 08.5 1e3 1e 1E2 1e1kB 1e-3 .5 -.5 0.4 0.5 1.5 2.5 1. 1_000 1,5 abc '12' nan inf infinity -inf".split(
    " ",
  ),
  ..."1e400 1e-400 2147483647 2147483648 9223372036854775807 9223372036854775808 1e9 on off 0s 0min 400ms 0.4s 1.2TB".split(
    " ",
  ),
  ...[
    "",
    " ",
    " 12",
    "12 ",
    "12\t",
    "12 kB",
    "12 kB ",
    "12  ms",
    "12 k B",
    "1 2",
    "12kBx",
    "- 1",
    "+ 1",
    "--1",
    " .5",
  ],
];

const words = [
  ..."on off true false yes no 1 0 t f y n tr fa ye of o ON Off TRUE False oN offf truee enabled 2 -1 null none auto".split(
    " ",
  ),
  ...["", " on", "on ", "'on'", '"on"', "0.0", "1.0", "true\t"],
];

/** What an enumeration is asked for besides: words that one or another one has. */
const more =
  "all ddl mod top md5 scram-sha-256 plain minimal replica logical archive hot_standby local remote_write remote_apply always debug debug1 info log fatal panic TLSv1 TLSv1.1 TLSv1.2 tlsv1.3 SSLv3 Replica LOGICAL".split(
    " ",
  );

const unit = fc.constantFrom(
  "",
  "B",
  "kB",
  "MB",
  "GB",
  "TB",
  "us",
  "ms",
  "s",
  "min",
  "h",
  "d",
  "k",
  "M",
  "mB",
  "S",
);
const gap = fc.constantFrom("", "", "", " ", "\t", "  ");
const digits = fc.oneof(
  fc.integer({ min: -20, max: 3000 }).map(String),
  fc.bigInt(-(2n ** 65n), 2n ** 65n).map(String),
  fc.double({ min: -5, max: 5000, noNaN: true }).map((value) => value.toFixed(3)),
  fc.double({ noNaN: true }).map(String),
  fc.integer({ min: 0, max: 5000 }).map((value) => `0x${value.toString(16)}`),
  fc.integer({ min: 0, max: 5000 }).map((value) => `0${value.toString(8)}`),
  fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: -9, max: 9 })).map(([a, e]) => `${a}e${e}`),
);
const text = fc.tuple(gap, digits, gap, unit, gap).map((parts) => parts.join(""));

interface Recorded {
  readonly version: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly answers: Record<string, string>;
  random: [name: string, value: string, taken: number][];
}

function record(server: string, seed: number, count: number): Recorded {
  const rows = ask(
    server,
    `SELECT name, vartype, coalesce(min_val, ''), coalesce(max_val, ''), coalesce(array_to_json(enumvals)::text, '[]')
       FROM pg_settings WHERE vartype <> 'string' AND context <> 'internal'
        AND name NOT IN ('allow_alter_system', 'transaction_deferrable', 'transaction_isolation', 'transaction_read_only')
      ORDER BY name COLLATE "C"`,
  );
  const values = { bool: words, integer: numbers, real: numbers, enum: [...words, ...more] };
  const asked = rows.flatMap(([name = "", type = "", min = "", max = "", own = "[]"]) => {
    const fixed = values[type as keyof typeof values].map((value) => filled(value, min, max));
    const listed = type === "enum" ? (JSON.parse(own) as string[]) : [];
    return [
      ...fixed,
      ...listed,
      ...listed.map((value) => value.toUpperCase()),
      ...listed.map((value) => ` ${value}`),
    ].map((value): [string, string] => [name, value]);
  });
  const answers: Record<string, string> = {};
  for (const [i, state] of tried(server, asked).entries()) {
    const name = asked[i]?.[0] ?? "";
    answers[name] = `${answers[name] ?? ""}${state === "" ? 1 : 0}`;
  }
  const counted = rows.filter(([, type]) => type === "integer" || type === "real").map(([name = ""]) => name);
  const random = fc.sample(fc.tuple(fc.constantFrom(...counted), text), { numRuns: count, seed });
  return {
    version: ask(server, "SHOW server_version")[0]?.[0] ?? "",
    values,
    answers,
    random: tried(server, random).map((state, i) => [...(random[i] ?? ["", ""]), state === "" ? 1 : 0]),
  };
}

/** A value of the list for one parameter. */
function filled(value: string, min: string, max: string): string {
  const by = (bound: string, more: number) =>
    /^-?\d+$/.test(bound) ? String(BigInt(bound) + BigInt(more)) : bound;
  return value
    .replace("{min}-1", () => by(min, -1))
    .replace("{max}+1", () => by(max, 1))
    .replace("{min}", () => min)
    .replace("{max}", () => max);
}

/** Names by the answers that they have in common. */
function alike(answers: Readonly<Record<string, string>>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, bits] of Object.entries(answers)) names.set(bits, [...(names.get(bits) ?? []), name]);
  return names;
}

function main(servers: readonly string[]): void {
  const count = Number(process.env.RANDOM_VALUES ?? 300);
  for (const server of servers) {
    const major = majorOf(server);
    const { random, answers, values, version } = record(server, major, count);
    const part = (title: string, entries: readonly string[], ends: string) =>
      `"${title}": ${ends[0]}\n${entries.map((entry) => `  ${entry}`).join(",\n")}\n${ends[1]}`;
    const json = [
      `"version": ${JSON.stringify(version)}`,
      part(
        "values",
        Object.entries(values).map(([type, list]) => `"${type}": ${JSON.stringify(list)}`),
        "{}",
      ),
      part(
        "answers",
        [...alike(answers)].map(([bits, names]) => `${JSON.stringify(bits)}: ${JSON.stringify(names)}`),
        "{}",
      ),
      part(
        "random",
        random.map((one) => JSON.stringify(one)),
        "[]",
      ),
    ];
    writeFileSync(
      join(__dirname, `../../test/fixtures/postgres/answers.${major}.json`),
      `{\n${json.join(",\n")}\n}\n`,
    );
  }
}

main(process.argv.slice(2));
