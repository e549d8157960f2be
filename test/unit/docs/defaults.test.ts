import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Setting } from "../../../components/shape";
import { stackSchema } from "../../../stacks/schema";

const docs = join(__dirname, "../../../docs");
/** These are generated. */
const generated = ["configuration.md", "rules.md", "parameters.md"];

/** What every setting says of itself, by its path. */
function abouts(setting: Setting, path: string): [string, string][] {
  return [
    [path, setting.about],
    ...Object.entries(setting.fields ?? {}).flatMap(([name, field]) => abouts(field, `${path}.${name}`)),
    ...(setting.of === undefined ? [] : abouts(setting.of, path)),
  ];
}

interface Quoted {
  readonly at: string;
  readonly setting: string;
  readonly value: string;
}

/** Defaults that a page states beside a setting's name, or in a table that has a column of them. */
function quotedIn(page: string): Quoted[] {
  let table = false;
  return readFileSync(join(docs, page), "utf8")
    .split("\n")
    .flatMap((line, i) => {
      const at = `docs/${page}:${i + 1}`;
      table = line.startsWith("|") && (table || /^\| setting \| default \|/.test(line));
      const beside = [...line.matchAll(/`([\w.]+)`[^`|]{0,20}\(default `([^`]+)`\)/g)];
      const cells = table ? [...line.matchAll(/^\| `(\w+)` \| `([^`]+)` \|/g)] : [];
      return [...beside, ...cells].map(([, setting = "", value = ""]) => ({ at, setting, value }));
    });
}

describe("A default that a page states", () => {
  const all = abouts(stackSchema, "");
  const quoted = readdirSync(docs)
    .filter((page) => page.endsWith(".md") && !generated.includes(page))
    .flatMap(quotedIn);

  it("is found in pages", () => {
    assert(quoted.length >= 7, `${quoted.length}`);
  });

  for (const { at, setting, value } of quoted)
    it(`is the setting's own: ${setting} in ${at}`, () => {
      const own = all.filter(([path]) => path.endsWith(`.${setting}`)).map(([, about]) => about);
      assert(
        own.some((about) => about.includes(`Default: \`${value}\``)),
        `${value}, of ${own.join(" | ")}`,
      );
    });
});
