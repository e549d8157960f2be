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

  const cluster = (spec: string) =>
    `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\nspec: ${spec}\n`;
  const whole = cluster("{ instances: 5, storage: { size: 1Gi } }");
  const filesOf = (resources: readonly Resource[]) => resources.map(({ origin }) => origin.file);

  it("leaves out patches that a kustomization names, with one advisory finding for each kustomization", () => {
    const part = cluster("{ instances: 5 }");
    write("base/cluster.yaml", whole);
    write("base/kustomization.yaml", "resources: [cluster.yaml]\n");
    write(
      "prod/kustomization.yaml",
      "resources: [../base]\npatches:\n  - path: size.yaml\n  - path: ../shared/more.yaml\npatchesStrategicMerge: [merge.yaml]\n",
    );
    for (const file of ["prod/size.yaml", "prod/merge.yaml", "shared/more.yaml"]) write(file, part);
    const { resources, unreadable } = read(".");
    assert.deepEqual(filesOf(resources), ["base/cluster.yaml"]);
    const [patches, ...more] = unreadable;
    assert.deepEqual([patches?.certain, patches?.origin.file, more.length], [false, "prod/merge.yaml", 0]);
    assert.match(
      patches?.message ?? "",
      /prod\/merge\.yaml, prod\/size\.yaml, shared\/more\.yaml are patches of Kustomize.* kustomize build prod \|/,
    );
    assert.deepEqual(read("prod/size.yaml").resources, []);
  });

  it("tells a patch by what it lacks, and not by the name of its file", () => {
    write("other/cluster-patch.yaml", whole);
    write("patches/a.yaml", whole);
    write("patches/b.yaml", cluster("{ instances: 5 }"));
    write("other/part-patch.yaml", cluster("{ postgresql: {} }"));
    const { resources, unreadable } = read(".");
    assert.deepEqual(filesOf(resources), ["other/cluster-patch.yaml", "patches/a.yaml"]);
    assert.deepEqual(
      unreadable.map(({ origin, certain }) => [origin.file, certain]),
      [
        ["other/part-patch.yaml", false],
        ["patches/b.yaml", false],
      ],
    );
  });

  it("takes a directive of a strategic merge for one only where it is a key of the object", () => {
    const note =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: db\n  annotations:\n    note: |\n      $patch: x\nspec: { storage: { size: 1Gi } }\n";
    write("note.yaml", note);
    write("nested.yaml", `${whole}$patch: delete\n`);
    write(
      "deep.yaml",
      cluster("{ storage: { size: 1Gi }, managed: { roles: [{ name: a, $patch: delete }] } }"),
    );
    const { resources, unreadable } = read(".");
    assert.deepEqual(filesOf(resources), ["note.yaml"]);
    assert.match(
      unreadable.map(({ message }) => message).join(),
      /deep\.yaml, nested\.yaml are patches of Kustomize/,
    );
  });

  it("names patches of CloudNativePG that stand in a kustomization itself, or in one of Flux", () => {
    const inline = `  - patch: |-\n      - { op: remove, path: /spec/backup }\n    target: { kind: Cluster, name: db }\n`;
    write("a/kustomization.yaml", `resources: [../base]\npatches:\n${inline}`);
    write(
      "b/kustomization.yaml",
      "resources: [../base]\npatches:\n  - patch: '[]'\n    target: { kind: Deployment }\n",
    );
    write(
      "flux.yaml",
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: db }\nspec:\n  path: ./deploy\n  patches:\n${inline.replaceAll(/^/gm, "  ")}`,
    );
    const said = read(".").unreadable.map(({ origin }) => origin.file);
    assert.deepEqual(said.sort(), ["a/kustomization.yaml", "flux.yaml"]);
  });

  it("names files of CloudNativePG in other languages, once for all of them", () => {
    const manifest = 'manifest = { apiVersion = "postgresql.cnpg.io/v1", kind = "Cluster" }';
    write("infra/main.tf", `resource "kubernetes_manifest" "db" {\n  ${manifest}\n}\n`);
    write("infra/other.tf", 'resource "google_storage_bucket" "b" {}\n');
    write("infra/db.yaml.j2", schedule("{{ name }}"));
    write("a.yaml", schedule("a"));
    const { notes, resources } = read(".");
    assert.deepEqual(namesOf(resources), ["a"]);
    assert.equal(notes.length, 1);
    assert.match(
      notes[0] ?? "",
      /^infra\/db\.yaml\.j2, infra\/main\.tf: objects of CloudNativePG in a language/,
    );
    assert.match(read("infra/main.tf").notes.join(), /infra\/main\.tf/);
  });
});
