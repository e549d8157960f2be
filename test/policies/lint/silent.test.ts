import assert from "node:assert/strict";
import { lint } from "../../../policies/lint/lint";
import { type ReadResult, readText } from "../../../policies/lint/read";
import { namesOf } from "./samples";

const version = "apiVersion: postgresql.cnpg.io/v1";
const rest = "metadata: { name: db }\nspec: { storage: { size: 1Gi } }\n";
const cluster = `${version}\nkind: Cluster\n${rest}`;
const json = (more: object = {}) => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "db" },
  spec: { storage: { size: "1Gi" } },
  ...more,
});
const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, " ".repeat(by));
const nested = (depth: number): object =>
  depth === 0 ? json() : { apiVersion: "v1", kind: "List", items: [null, nested(depth - 1)] };
const levelsOf = ({ resources, unreadable }: ReadResult) =>
  lint(resources, { unreadable })
    .findings.filter(({ rule }) => rule.id === "cnpg-unreadable")
    .map(({ level }) => level);

describe("an object of CloudNativePG is judged", () => {
  const slash = JSON.stringify(json()).replaceAll("/", "\\/");
  const escaped = JSON.stringify(json()).replace('"Cluster"', '"Clust\\u0065r"');
  const writings: Readonly<Record<string, string>> = {
    "with its kind escaped": escaped,
    "with its keys and its version escaped": escaped
      .replace('"kind"', '"\\u006bind"')
      .replace("cnpg.io", "cnpg\\u002eio"),
    "with its kind escaped in YAML": `apiVersion: "postgresql.cnpg\\x2eio/v1"\nkind: "Clust\\x65r"\n${rest}`,
    "with its slashes escaped": slash,
    "with a kind that goes on in the next line": `${version}\nkind: "Clus\\\n  ter"\n${rest}`,
    "with its kind on the next line": `${version}\nkind:\n  Cluster\n${rest}`,
    "with its kind in a block": `${version}\nkind: >-\n  Cluster\n${rest}`,
    "with its kind as a key in full": `${version}\n? kind\n: Cluster\n${rest}`,
    "with an anchor at its kind": `apiVersion: &v postgresql.cnpg.io/v1\nkind: &k Cluster\n${rest}`,
    "with a tag at its kind": `apiVersion: !!str postgresql.cnpg.io/v1\nkind: !!str Cluster\n${rest}`,
    "with its kind by an alias": `x: [&v postgresql.cnpg.io/v1, &k Cluster]\napiVersion: *v\nkind: *k\n${rest}`,
    "with its kind by a merge key": `x: &x { apiVersion: postgresql.cnpg.io/v1, kind: Cluster }\n<<: *x\n${rest}`,
    "with a blank before the colon": `apiVersion : postgresql.cnpg.io/v1\nkind : Cluster\n${rest}`,
    "with all of it indented": indented(cluster, 3),
    "with a comment behind its kind": `${version} # x\nkind: Cluster # kind: Deployment\n${rest}`,
    "with its kind in other quotes": `'apiVersion': 'postgresql.cnpg.io/v1'\n"kind": "Cluster"\n${rest}`,
    "of another version": cluster.replace("/v1", "/v1beta1"),
    "with Windows line ends": cluster.replaceAll("\n", "\r\n"),
    "with the line ends of old Macs": cluster.replaceAll("\n", "\r"),
    "behind a byte order mark and a directive": `\uFEFF%YAML 1.1\n---\n${cluster}`,
    "on the line of its marker": `--- ${JSON.stringify(json())}\n`,
    "behind the end of another document": `kind: Deployment\napiVersion: apps/v1\n...\n${cluster}`,
    "behind a document of another kind, with the line ends of old Macs":
      `kind: Deployment\napiVersion: apps/v1\n---\n${cluster}`.replaceAll("\n", "\r"),
    "with a text that looks like a marker": cluster.replace(
      "metadata: { name: db }",
      "metadata:\n  name: db\n  annotations:\n    x: |\n      ---\n      kind: Deployment",
    ),
    "with another object in a text": cluster.replace(
      "{ name: db }",
      '{ name: db, annotations: { x: "\nkind: Deployment\napiVersion: apps/v1\n" } }',
    ),
    "in a list within lists": JSON.stringify(nested(9)),
    "in a list of YAML": `apiVersion: v1\nkind: List\nitems:\n- null\n-\n${indented(cluster, 2)}`,
    "in a list of its own": JSON.stringify({
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "ClusterList",
      items: [{ ...json(), kind: undefined }],
    }),
    "in an array": JSON.stringify([json()]),
    "as one of several lines of JSON": `{"kind":"Deployment","apiVersion":"apps/v1"}\n${JSON.stringify(json())}\n{"a":"}{"}\n`,
    "as one of several values of JSON": `${JSON.stringify({ a: 1 }, undefined, 2)}\n${JSON.stringify(json(), undefined, 2)}`,
    "with tabs in JSON": JSON.stringify(json(), undefined, "\t"),
    "with the text of a template in a value": cluster.replace(
      "{ name: db }",
      "{ name: db, annotations: { x: '{{ if x }}{% y %}' } }",
    ),
    "within an object of Crossplane": JSON.stringify({
      apiVersion: "kubernetes.crossplane.io/v1alpha2",
      kind: "Object",
      metadata: { name: "o" },
      spec: { forProvider: { manifest: json() } },
    }),
    "within a ManifestWork": JSON.stringify({
      apiVersion: "work.open-cluster-management.io/v1",
      kind: "ManifestWork",
      spec: { workload: { manifests: [json()] } },
    }),
    "within a Template of OpenShift": JSON.stringify({
      apiVersion: "template.openshift.io/v1",
      kind: "Template",
      objects: [json()],
    }),
    "within a graph of kro": JSON.stringify({
      apiVersion: "kro.run/v1alpha1",
      kind: "ResourceGraphDefinition",
      spec: { resources: [{ id: "db", template: json() }] },
    }),
    "within values of a chart": `extraObjects:\n-\n${indented(cluster, 2)}`,
  };
  for (const [how, text] of Object.entries(writings))
    it(how, () => {
      const { resources, unreadable, notes } = readText(text, "x.yaml");
      assert.deepEqual(namesOf(resources.filter(({ type }) => type === "Cluster.postgresql.cnpg.io")), [
        "db",
      ]);
      assert.deepEqual([unreadable, notes], [[], []]);
    });

  it("with its lines, wherever it stands", () => {
    const lineOf = (text: string) =>
      readText(text, "x.yaml").resources.map(({ origin }) => [
        origin.line,
        origin.lineOf?.(["spec", "storage"]),
      ]);
    assert.deepEqual(lineOf(`\n{ "a": 1 }\n${JSON.stringify(json(), undefined, 1)}`), [[3, 10]]);
    assert.deepEqual(lineOf(JSON.stringify(nested(2), undefined, 1)), [[11, 18]]);
    assert.deepEqual(lineOf(`extraObjects:\n-\n${indented(cluster, 2)}`), [[3, 6]]);
  });
});

describe("what can't be judged is said", () => {
  const broken: Readonly<Record<string, string>> = {
    "a Cluster with an open bracket": `${cluster}x: [`,
    "a Cluster indented by tabs": cluster.replace("metadata: { name: db }", "metadata:\n\tname: db"),
    "a Cluster in JSON with comments": JSON.stringify(json(), undefined, 2).replace("{", "{ // db"),
    "a Cluster in JSON with a comma too many": JSON.stringify(json(), undefined, 2).replace(/\}$/, ",,}"),
    "a Cluster with an open bracket beside braces": `${cluster.replace("db", '"{{ x }}"')}x: [`,
    "a Cluster whose kind is there twice": `${cluster}kind: Cluster\n`,
    "an object whose kind is a list": `${version}\nkind: [Cluster]\n${rest}`,
    "an object without a kind": `${version}\n${rest}`,
  };
  for (const [what, text] of Object.entries(broken))
    it(`by a mandatory finding: ${what}`, () => assert.deepEqual(levelsOf(readText(text)), ["mandatory"]));

  const perhaps: Readonly<Record<string, string>> = {
    "a kind that CloudNativePG does not define": `${version}\nkind: cluster\n${rest}`,
    "an apiVersion without a version": `apiVersion: postgresql.cnpg.io\nkind: Cluster\n${rest}`,
    "a broken Secret": "apiVersion: v1\nkind: Secret\ndata: [\n",
    "a Secret with a key that is there twice": "apiVersion: v1\nkind: Secret\ndata: { a: b, a: c }\n",
    "a template of Helm": `${version}\nkind: Cluster\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n`,
    "a template of Jinja": `${version}\nkind: Cluster\n{% if x %}\nspec: {}\n{% endif %}\n`,
    "a patch": `${cluster}$patch: delete\n`,
  };
  for (const [what, text] of Object.entries(perhaps))
    it(`by an advisory finding: ${what}`, () => assert.deepEqual(levelsOf(readText(text)), ["advisory"]));

  it("by a note: a manifest as a text, and one that something else changes before it is applied", () => {
    const map = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m" },
      data: { "db.yaml": cluster },
    });
    const composition = JSON.stringify({
      apiVersion: "apiextensions.crossplane.io/v1",
      kind: "Composition",
      spec: {
        resources: [{ base: { kind: "Object", spec: { forProvider: { manifest: json() } } }, patches: [] }],
      },
    });
    const { notes, unreadable, resources } = readText(`${map}\n---\n${composition}`, "x.yaml");
    assert.equal(notes.length, 2);
    assert.match(
      notes.join("\n"),
      /^x\.yaml: a manifest of CloudNativePG as a text[\s\S]*^x\.yaml: an object of CloudNativePG within another/m,
    );
    assert.deepEqual([unreadable, namesOf(resources)], [[], ["m"]]);
  });

  it("by nothing: what has nothing to do with CloudNativePG, or only speaks of it", () => {
    const others = [
      "a: [\n",
      '{ "compilerOptions": { // no\n } }',
      "kind: Deployment\napiVersion: apps/v1\nspec: [\n",
      '{"apiVersion":"apps/v1","kind":"Deployment","spec":{"x":"\\u0041"}}',
      "name: x\non: { push: {} }\njobs: { a: { services: {}, kind: [ Service ] } }\n",
      JSON.stringify({
        apiVersion: "kyverno.io/v1",
        kind: "Policy",
        spec: { match: [{ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" }] },
      }),
      JSON.stringify({
        apiVersion: "velero.io/v1",
        kind: "Backup",
        metadata: { ownerReferences: [{ ...json(), spec: undefined }] },
      }),
      "instances: [\nbackups: x\n",
      "text about postgresql.cnpg.io\n".replace("io\n", "io: [\n"),
    ];
    for (const text of others) {
      const { resources, unreadable, notes } = readText(text);
      assert.deepEqual([resources, unreadable, notes], [[], [], []], text);
    }
  });
});
