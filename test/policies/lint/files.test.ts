import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Resource } from "../../../policies/core/resource";
import { readPaths } from "../../../policies/lint/read";

const schedule = (name: string) =>
  `apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata:\n  name: ${name}\nspec:\n  schedule: "0 0 3 * * *"\n`;
const namesOf = (resources: readonly Resource[]) => resources.map(({ name }) => name);

describe("reading files", () => {
  let folder = "";
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const read = (...paths: string[]) => readPaths(paths, { workingDirectory: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cnpg-lint-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads a folder with all that is in it, always in the same order, each file once", () => {
    for (const file of ["b.yaml", "a/z.yml", "a/b.json.yaml", "B.yaml", "c/d/e.YAML"])
      write(file, schedule(file.replaceAll("/", "-")));
    write("j.json", JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "j" } }));
    write("node_modules/x.yaml", schedule("no"));
    write(".git/x.yaml", schedule("no"));
    write("readme.md", schedule("no"));
    symlinkSync("a", join(folder, "again"));
    symlinkSync("nowhere", join(folder, "broken.yaml"));
    symlinkSync("..", join(folder, "a", "up"));
    const { resources, files, notes } = read(".", "b.yaml", folder);
    assert.deepEqual(
      resources.map(({ origin }) => origin.file),
      ["B.yaml", "a/b.json.yaml", "a/z.yml", "b.yaml", "c/d/e.YAML", "j.json"],
    );
    assert.equal(files, 6);
    assert.match(notes.join(), /broken\.yaml leads nowhere/);
  });

  it("reads a file of any name that is asked for, and the standard input", () => {
    write("manifest.txt", schedule("a"));
    const { resources } = readPaths(["manifest.txt", "-"], {
      workingDirectory: folder,
      stdin: schedule("b"),
    });
    assert.deepEqual(
      resources.map(({ name, origin }) => `${name} ${origin.file}`),
      ["a manifest.txt", "b -"],
    );
  });

  it("names what is not there or may not be read, and reads the rest", () => {
    write("a.yaml", schedule("a"));
    write("closed.yaml", schedule("b"));
    chmodSync(join(folder, "closed.yaml"), 0);
    const { resources, unavailable } = read("nope.yaml", "a.yaml", "closed.yaml");
    assert.ok(namesOf(resources).includes("a"));
    assert.deepEqual(unavailable[0], { path: "nope.yaml", message: "there is no such file or folder" });
    // Root may read everything.
    if (process.getuid?.() !== 0) assert.match(unavailable[1]?.message ?? "", /may not be read/);
  });

  it("leaves out patches of Kustomize with a note, by what the kustomization and the names say", () => {
    const cluster =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec: { instances: 5 }\n";
    write("base/cluster.yaml", cluster);
    write("base/patch-tool.yaml", cluster);
    write("base/kustomization.yaml", "resources: [cluster.yaml, patch-tool.yaml]\n");
    write(
      "prod/kustomization.yaml",
      "resources: [../base]\npatches:\n  - path: size.yaml\n  - patch: |-\n      - op: remove\n  - path: ../shared/more.yaml\npatchesStrategicMerge: [merge.yaml]\n",
    );
    for (const file of [
      "prod/size.yaml",
      "prod/merge.yaml",
      "shared/more.yaml",
      "other/cluster-patch.yaml",
      "other/patches/a.yaml",
    ])
      write(file, cluster);
    write("other/dispatch.yaml", cluster);
    write("other/nested.yaml", `${cluster}$patch: delete\n`);
    const { resources, notes } = read(".");
    assert.deepEqual(
      resources.map(({ origin }) => origin.file),
      ["base/cluster.yaml", "base/patch-tool.yaml", "other/dispatch.yaml"],
    );
    assert.equal(notes.filter((note) => note.includes("is a patch of Kustomize")).length, 6);
    assert.deepEqual(read("prod/size.yaml").resources, []);
  });
});
