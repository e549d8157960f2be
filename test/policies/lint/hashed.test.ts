import assert from "node:assert/strict";
import { formatPath } from "../../../policies/core/view";
import { lint } from "../../../policies/lint/lint";
import { readText } from "../../../policies/lint/read";

const head = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec:\n";
const NOTE = /a placeholder that begins with # and has no quotes is a comment to YAML/;

const specOf = (text: string) => {
  const { resources, notes } = readText(`${head}${text}`, "db.yaml");
  assert.equal(resources.length, 1);
  return { spec: resources[0]?.view.at("spec"), resource: resources[0], notes };
};

describe("placeholders that YAML takes for comments", () => {
  for (const one of [
    "###IMAGE###",
    "##image.name##",
    "#{image}",
    "#{ image | lower }#",
    "#IMAGE#",
    "###A###/pg:17",
  ])
    it(`are what stands there: ${one}`, () => {
      const { spec, notes } = specOf(`  imageName: ${one}\n  instances: 3\n`);
      assert.equal(spec?.at("imageName").unknown, true);
      assert.equal(spec?.number("instances"), 3);
      assert.match(notes.join("\n"), NOTE);
      assert.match(notes.join("\n"), /db\.yaml:5: /);
    });

  it("are found behind dashes, before other comments, in front of a next line of the same list, with Windows' line ends", () => {
    const text =
      "  postgresql:\n    pg_hba:\n    - ###ONE###\n    - host all all all md5\n    - ###TWO### # theirs\n  instances: ###N###";
    for (const written of [text, text.replaceAll("\n", "\r\n")]) {
      const { spec, resource } = specOf(written);
      const lines = spec?.list("postgresql", "pg_hba") ?? [];
      assert.deepEqual(
        lines.map((line) => line.unknown),
        [true, false, true],
      );
      assert.equal(spec?.at("instances").unknown, true);
      assert.equal(resource?.origin.lineOf?.(["spec", "instances"]), 10);
    }
  });

  it("are none where a value follows, in a text, or where people write a comment", () => {
    const text =
      '  storage: ###STORAGE###\n    size: 1Gi\n  bootstrap: # TODO\n    initdb:\n      postInitSQL:\n        - |\n          a: ###X###\n  description: #see below\n  imageName: "###X###"\n  backup: ## none ##\n';
    const { spec, notes } = specOf(text);
    assert.equal(spec?.text("storage", "size"), "1Gi");
    assert.equal(spec?.list("bootstrap", "initdb", "postInitSQL")[0]?.text(), "a: ###X###\n");
    assert.equal(spec?.at("description").exists, false);
    assert.equal(spec?.at("backup").exists, false);
    assert.equal(spec?.at("imageName").unknown, true);
    assert.doesNotMatch(notes.join("\n"), NOTE);
  });

  it("are no fault of the Cluster: nothing says that the image is not named", () => {
    const { resources } = readText(`${head}  imageName: ###IMAGE###\n`, "db.yaml");
    const named = lint(resources).findings.filter(({ rule }) => rule.id === "cnpg-image-named");
    assert.deepEqual(
      named.map(({ kind, path }) => [kind, formatPath(path)]),
      [["undecided", "spec.imageName"]],
    );
  });
});
