// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of Flux
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UNKNOWN } from "../../../../policies/core/view";
import { lint } from "../../../../policies/lint/lint";
import { readPaths, readText } from "../../../../policies/lint/read";

const values = `type: postgresql
cluster:
  instances: 3
  storage: { size: 5Gi }
  postgresql:
    parameters:
      fsync: "off"
backups:
  enabled: true
  provider: google
  google: { bucket: acme, gkeEnvironment: true }
  scheduledBackups:
    - name: daily
      schedule: "0 3 * * *"
`;
const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, " ".repeat(by));
const calledIn = (text: string) => readText(text, "x.yaml").resources.map(({ called }) => called);
const linesOf = (text: string) => {
  const { resources, unreadable } = readText(text, "x.yaml");
  const rules = ["cnpg-fsync", "cnpg-schedule-six-fields"];
  return lint(resources, { unreadable })
    .findings.filter(({ rule }) => rules.includes(rule.id))
    .map(({ resource, path }) => text.split("\n")[(resource.origin.lineOf?.(path) ?? 0) - 1]?.trim());
};
const blamed = ['fsync: "off"', 'schedule: "0 3 * * *"'];

const flux = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: orders, namespace: shop }
spec:
  chart: { spec: { chart: cluster, sourceRef: { kind: HelmRepository, name: cnpg } } }
  values:
${indented(values, 4)}`;
const source = (helm: string) =>
  `repoURL: https://cloudnative-pg.github.io/charts\nchart: cluster\nhelm:\n${indented(helm, 2)}`;
const application = (helm: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: orders }\nspec:\n  destination: { namespace: shop }\n  source:\n${indented(source(helm), 4)}`;

describe("values of the chart cluster", () => {
  const places: Readonly<Record<string, readonly [string, string]>> = {
    "in a file of their own": [values, "Cluster release-name-cluster"],
    "of a chart that has it among its own": [
      `db:\n${indented(values, 2)}ingress: {}\n`,
      "Cluster release-name-cluster",
    ],
    "in a HelmRelease": [flux, "Cluster shop/orders-cluster"],
    "in an Application": [
      application(`valuesObject:\n${indented(values, 2)}`),
      "Cluster shop/orders-cluster",
    ],
    "in an Application as a text": [
      application(`values: |\n${indented(values, 2)}`),
      "Cluster shop/orders-cluster",
    ],
    "in one of several sources of an Application": [
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: orders }\nspec:\n  sources:\n    - path: x\n    -\n${indented(source(`valuesObject:\n${indented(values, 2)}`), 6)}`,
      "Cluster orders-cluster",
    ],
    "in an ApplicationSet": [
      `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    metadata: { name: cluster-a }\n    spec:\n      source:\n${indented(source(`valuesObject:\n${indented(values, 2)}`), 8)}`,
      "Cluster cluster-a",
    ],
    "in a kustomization": [
      `helmCharts:\n  - name: cluster\n    repo: https://cloudnative-pg.github.io/charts\n    releaseName: orders\n    valuesInline:\n${indented(values, 6)}`,
      "Cluster orders-cluster",
    ],
    "in a Helmfile": [
      `releases:\n  - name: orders\n    namespace: shop\n    chart: cnpg/cluster\n    values:\n      -\n${indented(values, 8)}`,
      "Cluster shop/orders-cluster",
    ],
  };
  for (const [where, [text, cluster]] of Object.entries(places))
    it(`are judged ${where}, each at its own line`, () => {
      const called = calledIn(text).filter((one) => /^(?:Cluster|ScheduledBackup)/.test(one));
      assert.deepEqual(called, [cluster, `${cluster.replace("Cluster", "ScheduledBackup")}-daily`]);
      assert.deepEqual(linesOf(text), blamed);
    });

  it("may have placeholders, and single values from elsewhere", () => {
    const text = flux
      .replace("bucket: acme", "bucket: ${BUCKET}")
      .replace(
        "  values:\n",
        "  valuesFrom: [{ kind: Secret, name: s, targetPath: cluster.superuserSecret }]\n  values:\n",
      );
    const view = readText(text).resources.find(({ type }) => type.startsWith("Cluster."))?.view;
    assert.ok(view?.at("spec", "backup", "barmanObjectStore", "destinationPath").unknown);
    assert.ok(view?.at("spec", "superuserSecret", "name").unknown);
    assert.equal(view?.at("spec", "instances").number(), 3);
    assert.equal(typeof UNKNOWN, "symbol");
  });

  it("of which a part is elsewhere get one advisory finding, and are not judged", () => {
    const from = flux.replace("  values:\n", "  valuesFrom: [{ kind: ConfigMap, name: base }]\n  values:\n");
    for (const [text, says] of [
      [from, /installs the chart cnpg\/cluster.*elsewhere: ConfigMap base\. Render it/],
      [application("valueFiles: [$v/prod.yaml]\n"), /elsewhere: \$v\/prod\.yaml\./],
      [application("values: |\n  {{ x }}: [\n"), /elsewhere: helm\.values, which are a template/],
    ] as const) {
      const { resources, unreadable } = readText(text, "x.yaml");
      assert.deepEqual(
        resources.filter(({ type }) => type.endsWith("cnpg.io")),
        [],
      );
      assert.deepEqual(
        unreadable.map(({ certain }) => certain),
        [false],
      );
      assert.match(unreadable[0]?.message ?? "", says);
    }
  });

  it("that the chart refuses get an advisory finding with what is missing, and the rest is judged", () => {
    const { resources, unreadable } = readText(values.replace("bucket: acme, ", ""), "x.yaml");
    assert.equal(resources.length, 2);
    assert.match(
      unreadable[0]?.message ?? "",
      /backups\.google\.bucket: got nothing, expected a value, or backups\.destinationPath/,
    );
    assert.equal(unreadable[0]?.origin.line, 11);
  });

  it("are not taken for those of the operator's chart or of another one; of one that makes a Cluster there is a note", () => {
    for (const text of [
      "replicaCount: 1\nimage: { repository: ghcr.io/cloudnative-pg/cloudnative-pg }\nmonitoring: { podMonitorEnabled: true }\nconfig: { data: {} }\n",
      "cluster: { enabled: true, name: x }\ninstances: 2\n",
      "type: postgresql\nhost: db\n",
      "instances: 3\nstorage: { size: 1Gi }\n",
      flux.replace("chart: cluster", "chart: cloudnative-pg").replace(values, ""),
      '{ "$schema": "x", "properties": { "instances": {}, "storage": {}, "enableSuperuserAccess": {} } }',
    ]) {
      const { resources, notes } = readText(text);
      assert.deepEqual([resources.filter(({ type }) => type.endsWith("cnpg.io")), notes], [[], []], text);
    }
    const other = "db: { instances: 3, storage: { size: 1Gi }, enableSuperuserAccess: true }\n";
    assert.match(
      readText(other, "v.yaml").notes.join(),
      /^v\.yaml: values of a chart that seems to make a Cluster/,
    );
  });

  describe("in files", () => {
    let folder = "";
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    const read = (helm: string | false = false) => readPaths(["."], { workingDirectory: folder, helm });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "cnpg-values-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("are laid over those of values.yaml beside them", () => {
      write("values.yaml", values);
      write("values-prod.yaml", "cluster:\n  instances: 5\n");
      const clusters = read().resources.filter(({ type }) => type.startsWith("Cluster."));
      assert.deepEqual(
        clusters.map(({ origin, view }) => [
          origin.file,
          view.at("spec", "instances").number(),
          view.at("spec", "storage").text("size"),
          origin.lineOf?.(["spec", "instances"]),
        ]),
        [
          ["values-prod.yaml", 5, "5Gi", 2],
          ["values.yaml", 3, "5Gi", 3],
        ],
      );
    });

    const template =
      "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: {{ .Release.Name }} }\nspec:\n  instances: {{ .Values.cluster.instances }}\n";
    const chart = () => {
      write("chart/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n");
      write("chart/values.yaml", values);
      for (const name of ["a", "b", "c", "d", "e"]) write(`chart/templates/${name}.yaml`, template);
      write("chart/templates/secret.yaml", "apiVersion: v1\nkind: Secret\ndata: {{ .Values.data }}\n");
    };

    it("of a chart of one's own are left to its templates, which get one advisory finding together", () => {
      chart();
      const { resources, unreadable } = read();
      assert.deepEqual(resources, []);
      assert.equal(unreadable.length, 1);
      const [{ message, origin } = { message: "", origin: {} }] = unreadable;
      assert.match(
        message,
        /a\.yaml, .*b\.yaml, .*c\.yaml and 2 more can be read only when .*helm template <release> chart /,
      );
      assert.equal(origin.file, "chart/templates/a.yaml");
    });

    it("of a chart whose objects stand in what its templates include are left to them, too", () => {
      write("chart/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n");
      write("chart/templates/_db.tpl", `{{ define "db" }}\n${template}{{ end }}\n`);
      write("chart/templates/_names.tpl", '{{ define "x" }}postgresql.cnpg.io{{ end }}\n');
      write("chart/templates/db.yaml", '{{ include "db" . }}\n');
      const { unreadable, notes } = read();
      assert.deepEqual(
        [unreadable.map(({ origin }) => origin.file), notes],
        [["chart/templates/_db.tpl"], []],
      );
    });

    it("are what helm renders a chart with, where it is there; its findings lie in the templates", () => {
      chart();
      const rendered = `---\n# Source: db/templates/a.yaml\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: r }\nspec: { storage: { size: 1Gi } }\n`;
      write("bin/helm", `#!/bin/sh\ncat <<'EOF'\n${rendered}EOF\n`);
      const program = join(folder, "bin/helm");
      const { chmodSync } = require("node:fs") as typeof import("node:fs");
      chmodSync(program, 0o755);
      const { resources, unreadable } = read(program);
      assert.deepEqual(
        resources.map(({ called, origin }) => [called, origin.file, origin.line]),
        [["Cluster r", "chart/templates/a.yaml", 2]],
      );
      assert.deepEqual(unreadable, []);
      write("bin/helm", "#!/bin/sh\necho 'Error: values' >&2; exit 1\n");
      assert.match(read(program).unreadable[0]?.message ?? "", /helm could not render it/);
    });
  });
});
