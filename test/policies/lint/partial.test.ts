import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { JsonReport } from "../../../policies/lint/output/json";

const bin = resolve(__dirname, "../../../cnpg-lint/bin/cnpg-lint.js");
const NOTE = /^note: Only some files of a folder are given, so that what is missing may be in the others/m;

const cluster = (name: string, store = "orders-store") => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name}, namespace: orders }
spec:
  instances: 3
  storage: { size: 10Gi }
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: { barmanObjectName: ${store}, serverName: ${name} }
`;
const store = `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: { name: orders-store, namespace: orders }
spec: { configuration: { destinationPath: s3://backups/orders, s3Credentials: { inheritFromIAMRole: true } } }
`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n";

describe("cnpg-lint of some files of a folder", () => {
  let folder = "";
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  };
  const run = (...args: string[]) => {
    const call = { cwd: folder, encoding: "utf8" as const };
    const { stdout, stderr, status } = spawnSync(process.execPath, [bin, "--format", "json", ...args], call);
    const { findings } = JSON.parse(stdout) as JsonReport;
    const of = (rule: string) => findings.filter((finding) => finding.rule === rule);
    return { of, err: stderr, code: status };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cnpg-lint-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is advice where something is missing that may be in a file beside them, and says so", () => {
    write({ "db.yaml": `${cluster("orders-db", "order-store")}---\n${store}`, "other.yaml": secret });
    const [part] = run("db.yaml").of("barman-object-store-found");
    assert.equal(part?.level, "advisory");
    assert.match(part?.message ?? "", /Write the same name\. Or it is in a file that is not given\.$/);
    assert.match(run("db.yaml").err, NOTE);
    for (const whole of [["."], ["db.yaml", "other.yaml"]]) {
      const { of, err } = run(...whole);
      assert.deepEqual(
        of("barman-object-store-found").map(({ level }) => level),
        ["mandatory"],
      );
      assert.doesNotMatch(err, NOTE);
    }
  });

  it("says once of each rule what every Cluster misses", () => {
    write({
      "db.yaml": ["a-db", "b-db", "c-db"].map((name) => cluster(name)).join("---\n"),
      "o.yaml": secret,
    });
    const [first, ...more] = run("db.yaml").of("cnpg-scheduled-backup-elsewhere");
    assert.match(first?.message ?? "", /So it is at 2 more\.$/);
    assert.equal(more.length, 0);
    assert.equal(run(".").of("cnpg-scheduled-backup-elsewhere").length, 3);
  });

  it("is all that there is where nothing beside it belongs to it", () => {
    write({
      "db.yaml": `${cluster("orders-db", "order-store")}---\n${store}`,
      "compose.yaml": "services: {}\n",
      "widget.yaml": "apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: a }\n",
      "package.json": '{ "kind": "Secret" }\n',
      "deeper/secret.yaml": secret,
    });
    assert.equal(run("db.yaml").of("barman-object-store-found")[0]?.level, "mandatory");
  });

  it("is a part where a kustomization lies beside it", () => {
    write({
      "db.yaml": `${cluster("orders-db", "order-store")}---\n${store}`,
      "kustomization.yaml": "resources: [db.yaml, ../base]\n",
    });
    assert.equal(run("db.yaml").of("barman-object-store-found")[0]?.level, "advisory");
  });

  it("does not call a comment or an exemption idle that may be for what is not given", () => {
    const comment = "# cnpg-lint-ignore barman-archive-shared: both are read only, see the runbook\n";
    const exemptions = [
      { rule: "cnpg-resources", resource: "orders/away-db", reason: "it is a sandbox of ours" },
    ];
    write({
      "db.yaml": `${comment}${cluster("orders-db")}`,
      "away.yaml": cluster("away-db"),
      "cnpg-lint.yaml": JSON.stringify({ exemptions }),
    });
    assert.doesNotMatch(run("db.yaml").err, /nothing here breaks|is of no use/);
    assert.match(run("db.yaml", "away.yaml").err, /nothing here breaks barman-archive-shared/);
    rmSync(join(folder, "away.yaml"));
    assert.match(run(".").err, /is of no use/);
  });
});
