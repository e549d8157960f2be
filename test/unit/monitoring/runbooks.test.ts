import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { alerts } from "../../../components/monitoring/alerts";

const docs = resolve(__dirname, "../../../docs");
const read = (page: string) => readFileSync(resolve(docs, page), "utf8");
const text = read("runbooks.md");
const chapters = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((chapter) => [chapter.split("\n")[0] ?? "", chapter]),
);

/** Places in a page that a link can lead to, as GitHub names them. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe("docs/runbooks.md", () => {
  it("has a chapter for each alert, in their order, and no other", () => {
    assert.deepEqual(
      [...chapters.keys()],
      alerts.map(({ name }) => name),
    );
  });

  for (const { name, severity, for: hold } of alerts)
    it(`says of ${name} how urgent it is, what it means, how to look, what to do, and when it is no fault`, () => {
      const chapter = chapters.get(name) ?? "";
      const kind = `\`${severity}\`, ${hold === undefined ? "at once" : `after \`${hold}\``}`;
      assert.equal(chapter.split("\n")[2], kind);
      const parts = [...chapter.matchAll(/^\*\*(.+?)\.\*\* \S/gm)].map(([, part]) => part);
      assert.deepEqual(parts, ["What it means", "How to look", "What to do", "When it is no fault"]);
      const [, commands = ""] = /```sh\n(.+?)\n```/s.exec(chapter) ?? [];
      for (const line of commands.split("\n")) assert.match(line, /^(kubectl|sql|metrics|gcloud) /);
    });

  it("selects by labels of pods only what has them, and a pooler by the name that it has", () => {
    const selecting = [...text.matchAll(/^kubectl (?:get (\S+)|logs) .*-l cnpg\.io\/(\w+)=(\S+)/gm)];
    assert.ok(selecting.length > 10);
    for (const [line, kinds = "pods", label, value = ""] of selecting) {
      assert.equal(kinds, "pods", line);
      assert.match(value, label === "poolerName" ? /^orders-db-pooler-rw$/ : /^orders-db\b/, line);
    }
  });

  it("links to what is there", () => {
    for (const [, page = "", anchor] of text.matchAll(/\]\((?!https:)([\w./-]*)(?:#([\w-]+))?\)/g)) {
      const target = page === "" ? "runbooks.md" : page;
      if (anchor === undefined) assert.ok(read(target).length > 0);
      else assert.ok(anchorsOf(target).includes(anchor), `${target}#${anchor}`);
    }
  });
});
