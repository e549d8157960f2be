import assert from "node:assert/strict";
import { loadAll } from "js-yaml";
import { readText } from "../../../policies/lint/read";
import { deployment, schedule } from "./samples";

/** Numbers from 0 up to a limit, the same ones for the same seed. */
type Draw = (limit: number) => number;

function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const cluster =
  "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: db\n  annotations:\n    note: |\n      kind: Deployment\n      ---\n      $patch: x\nspec:\n  instances: 3\n  storage: { size: 1Gi }\n  postgresql:\n    parameters: { max_connections: '100' }\n";
const store =
  "apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: { name: s }\nspec:\n  configuration:\n    destinationPath: gs://acme\n";
const json = JSON.stringify({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "db", labels: { a: "b" } },
  spec: { instances: 1, storage: { size: "1Gi" } },
});
const list = (item: string) =>
  `apiVersion: v1\nkind: List\nitems:\n- ${item.trimEnd().replaceAll("\n", "\n  ")}\n`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { a: b }\n";
const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata:\n  x.yaml: |\n    ${store.trimEnd().replaceAll("\n", "\n    ")}\n`;

const seeds: readonly string[] = [
  cluster,
  store,
  json,
  JSON.stringify(JSON.parse(json), undefined, 2),
  `${json}\n${json}\n`,
  `[${json}]`,
  list(cluster),
  list(list(list(list(list(store))))),
  secret,
  map,
  deployment,
  schedule("a"),
  `x: &x { apiVersion: postgresql.cnpg.io/v1, kind: Cluster }\n<<: *x\nmetadata: { name: db }\n`,
  `apiVersion: kubernetes.crossplane.io/v1alpha2\nkind: Object\nspec: { forProvider: { manifest: ${json} } }\n`,
  "cluster: { instances: 3, storage: { size: 1Gi } }\nbackups: { enabled: true }\n",
];

const pieces: readonly string[] = [
  ..."\t\n\r:#,[]{}\"'|>&*!%?-~`@\\\0".split(""),
  "\r\n",
  "---\n",
  "\n---\n",
  "...\n",
  "- ",
  "? ",
  ": ",
  "# kind: Cluster\n",
  "kind: Cluster\n",
  "kind: Deployment\n",
  "apiVersion: apps/v1\n",
  "$patch: delete\n",
  "<<: *a\n",
  "&a ",
  "*a",
  "!!str ",
  "!vault ",
  "|\n  ",
  ">-\n  ",
  "{{ if x }}",
  "{{- end }}\n",
  "{% x %}",
  "$" + "{X}",
  "\\u0065",
  "\uFEFF",
  "\u2028",
  "%YAML 1.1\n---\n",
];

/** Changes to a text: what people, tools and those who want to get past a linter do. */
const changes: readonly ((text: string, draw: Draw) => string)[] = [
  (text, draw) => splice(text, draw(text.length + 1), draw(6), piece(draw)),
  (text, draw) => splice(text, draw(text.length + 1), 0, piece(draw)),
  (text, draw) => splice(text, lineStart(text, draw), 0, piece(draw)),
  (text, draw) => text.slice(0, draw(text.length + 1)),
  (text, draw) => text.slice(draw(text.length + 1)),
  (text, draw) => escaped(text, draw),
  (text, draw) => quoted(text, draw),
  (text, draw) => text.replaceAll(/^(?=.)/gm, " ".repeat(1 + draw(3))),
  (text) => text.replaceAll(/\r?\n/g, "\r\n"),
  (text) => text.replaceAll("\n", "\r"),
  (text) => list(text),
  (text, draw) => `${text}\n---\n${seeds[draw(seeds.length)]}`,
  (text, draw) => `${seeds[draw(seeds.length)]}\n---\n${text}`,
  (text) => text.replace(/^(\s*)kind:/m, "$1? kind\n$1:"),
  (text) => text.replace(/kind: (\w+)/, "kind:\n  $1"),
  (text) => text.replace(/kind: (\w+)/, "kind: >-\n  $1"),
  (text) => text.replace(/kind: (\w+)/, "kind: &k !!str $1"),
  (text) => text.replaceAll("/", "\\/"),
  (text) => `# comment\n\n${text}`,
  (text) => `\uFEFF${text}`,
];

function piece(draw: Draw): string {
  return pieces[draw(pieces.length)] ?? "";
}

function splice(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

function lineStart(text: string, draw: Draw): number {
  return text.lastIndexOf("\n", draw(text.length + 1)) + 1;
}

/** One character within quotes written as its number. */
function escaped(text: string, draw: Draw): string {
  const spots = [...text.matchAll(/"[^"\n\\]+"/g)];
  const spot = spots[draw(spots.length)];
  if (spot === undefined) return text;
  const at = spot.index + 1 + draw(spot[0].length - 2);
  return splice(text, at, 1, `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`);
}

/** One plain word in quotes. */
function quoted(text: string, draw: Draw): string {
  const spots = [...text.matchAll(/(?<=^|[ \n])[\w./]+(?=:|$)/gm)];
  const spot = spots[draw(spots.length)];
  return spot === undefined ? text : splice(text, spot.index, spot[0].length, `"${spot[0]}"`);
}

/** A text that was changed a few times. */
function mutated(draw: Draw): string {
  let text = seeds[draw(seeds.length)] ?? "";
  for (let left = 1 + draw(4); left > 0; left--) text = changes[draw(changes.length)]?.(text, draw) ?? text;
  return text;
}

const known = /^(?:postgresql|barmancloud)\.cnpg\.io\/./;

/** How many objects of CloudNativePG a text has for somebody who only loads it, and knows nothing of how the linter reads. */
function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + objectsIn(one), 0);
  if (typeof value !== "object" || value === null) return 0;
  const { apiVersion, kind, items } = value as Record<string, unknown>;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return 0;
  if (kind.endsWith("List") && Array.isArray(items)) return objectsIn(items);
  return known.test(apiVersion) ? 1 : 0;
}

/** Objects of a text, and whether all of it can be loaded. */
function loaded(text: string): { readonly objects: number; readonly whole: boolean } {
  try {
    return { objects: objectsIn(loadAll(text.replaceAll(/^\uFEFF|(?<=\n---\n)\uFEFF/g, ""))), whole: true };
  } catch {
    return { objects: 0, whole: false };
  }
}

/** What was seen of some texts. */
export interface Seen {
  readonly judged: number;
  readonly said: number;
  readonly broken: number;
}

/**
 * Reads many changed documents.
 *
 * @throws AssertionError with the first text in which an object of CloudNativePG is neither judged nor spoken of
 */
export function readMutations(count: number, seed: number): Seen {
  const draw = drawing(seed);
  const seen = { judged: 0, said: 0, broken: 0 };
  for (let i = 0; i < count; i++) {
    const text = mutated(draw);
    const { resources, unreadable, notes } = readText(text, "x.yaml");
    const judged = resources.filter(({ type }) => type.endsWith("cnpg.io")).length;
    const said = unreadable.length + notes.length > 0;
    const { objects, whole } = loaded(text);
    if (judged > 0) seen.judged++;
    if (said) seen.said++;
    if (!whole) seen.broken++;
    assert.ok(
      judged >= objects || said,
      `${judged} of ${objects} objects, and not a word: ${JSON.stringify(text)}`,
    );
    // What can't be loaded and has an object's first lines in it is at least spoken of.
    const begins = /^apiVersion: (?:postgresql|barmancloud)\.cnpg\.io\/v1\nkind: \w+\n/m.test(text);
    assert.ok(whole || !begins || judged > 0 || said, `broken, and not a word: ${JSON.stringify(text)}`);
  }
  return seen;
}
