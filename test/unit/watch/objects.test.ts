import assert from "node:assert/strict";
import { adviceOn } from "../../../components/watch/advice";
import { reasonInLog } from "../../../components/watch/logs";
import { judgeOfKind, type LiveObject } from "../../../components/watch/objects";
import { oneLine } from "../../../components/watch/symptom";
import { reaches } from "../../../components/watch/wal";

const object = (status: LiveObject["status"], spec: LiveObject["spec"] = {}): LiveObject => ({
  metadata: { name: "db-orders", namespace: "ns", generation: 2 },
  spec,
  ...(status !== undefined && { status }),
});

describe("An object that CNPG applies to Postgres", () => {
  const judge = judgeOfKind("Database");

  it("is done when CNPG has applied this generation of it, and not the one before", () => {
    assert.deepEqual(judge(object({ applied: true, observedGeneration: 2 })), { missing: [], symptoms: [] });
    assert.deepEqual(judge(object({ applied: true, observedGeneration: 1 })).missing, [
      "CNPG to apply this change",
    ]);
    assert.deepEqual(judge(object(undefined)).missing, ["CNPG to apply it"]);
  });

  it("fails with CNPG's message and that of the extension which could not be made", () => {
    const { symptoms } = judge(
      object(
        {
          applied: false,
          message: "while reconciling",
          extensions: [
            { name: "vector", applied: true },
            { name: "postgis", applied: false, message: 'extension "postgis" is not available' },
          ],
        },
        { extensions: [{ name: "vector" }, { name: "postgis" }] },
      ),
    );
    assert.equal(symptoms[0]?.text, 'while reconciling; postgis: extension "postgis" is not available');
  });

  it("is held up for ever by an entry that failed and is no longer declared, and says how CNPG forgets it", () => {
    const applied = false;
    const status = {
      applied,
      message: "database object reconciliation failed",
      extensions: [{ name: "postgis", applied, message: 'extension "postgis" is not available' }],
      schemas: [{ name: "shop", applied: true }],
    };
    const [symptom] = judge(object(status, { schemas: [{ name: "shop" }] })).symptoms;
    assert.match(symptom?.text ?? "", /postgis .*no longer declared/);
    assert.match(
      symptom?.todo ?? "",
      /kubectl patch database -n ns db-orders --subresource=status --type=merge -p '\{"status":\{"extensions":null\}\}'/,
    );
    // What is declared and fails goes first.
    const both = { ...status, schemas: [{ name: "shop", applied, message: "permission denied" }] };
    assert.match(
      judge(object(both, { schemas: [{ name: "shop" }] })).symptoms[0]?.text ?? "",
      /permission denied/,
    );
  });

  it("has its pods, where it is a Pooler", () => {
    const pooler = judgeOfKind("Pooler");
    assert.deepEqual(pooler(object({ instances: 2, phase: "active" }, { instances: 2 })).missing, []);
    assert.deepEqual(pooler(object({ instances: 1 }, { instances: 2 })).missing, ["2 pods"]);
    assert.equal(pooler(object({ error: "no such Secret" })).symptoms[0]?.text, "no such Secret");
    const phaseReason = 'ClientTLSSecret "no-such" not found';
    assert.equal(pooler(object({ phase: "inactive", phaseReason })).symptoms[0]?.text, phaseReason);
  });

  it("is a schedule that CNPG has nothing against, also while its first backup is under way", () => {
    const schedule = judgeOfKind("ScheduledBackup");
    assert.deepEqual(schedule(object({})), { missing: [], symptoms: [] });
    assert.match(schedule(object({ error: "bad schedule" })).symptoms[0]?.text ?? "", /bad schedule/);
  });
});

describe("Advice on an error of the provider", () => {
  const advice = (error: string, kind = "Cluster", apiVersion = "postgresql.cnpg.io/v1") =>
    adviceOn({ kind, apiVersion, name: "db", namespace: "ns", errors: [error] }) ?? "";

  it("says how to take over what a killed update had made", () => {
    const text = advice('clusters.postgresql.cnpg.io "db" already exists');
    assert.match(
      text,
      /^Cluster ns\/db is there already\..*PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true pulumi up/,
    );
  });

  it("says what to install where a kind is not known", () => {
    const error = 'no matches for kind "ObjectStore" in version "barmancloud.cnpg.io/v1"';
    assert.match(advice(error, "ObjectStore", "barmancloud.cnpg.io/v1"), /install the Barman Cloud plugin/);
    assert.match(advice('no matches for kind "Cluster"'), /install the CNPG operator/);
    assert.match(advice("no matches for kind", "Certificate", "cert-manager.io/v1"), /install cert-manager/);
  });

  it("says what a namespace that exists already needs", () => {
    const text = adviceOn({
      kind: "Namespace",
      apiVersion: "v1",
      name: "ns",
      namespace: undefined,
      errors: ["already exists"],
    });
    assert.match(text ?? "", /createNamespace: false/);
  });

  it("says that the operator, or the cluster, does not answer", () => {
    assert.match(
      advice('failed calling webhook "mcluster.cnpg.io": connection refused'),
      /operator's Deployment/,
    );
    assert.match(
      advice("configured Kubernetes cluster is unreachable: i/o timeout"),
      /kubernetes:kubeconfig/,
    );
  });

  it("leaves other errors as they are", () => {
    assert.equal(advice("spec.instances: Invalid value"), "");
  });
});

describe("The reason in a log", () => {
  const json = (record: object) => JSON.stringify(record);

  it("is the last and worst line, and not what follows from it", () => {
    const log = [
      json({ level: "info", msg: "starting" }),
      json({ level: "error", msg: "PostgreSQL process exited with errors", error: "exit status 1" }),
      json({ record: { error_severity: "FATAL", message: "could not open control file" } }),
      json({ record: { error_severity: "FATAL", message: "the database system is starting up" } }),
      json({ level: "error", msg: "exit status 1" }),
    ].join("\n");
    assert.equal(reasonInLog(log), "FATAL: could not open control file");
  });

  it("is what is wrong with a setting, and not that the file which has it contains errors", () => {
    const unknown = 'unrecognized configuration parameter "no_such" in file "custom.conf" line 7';
    const after = 'FATAL: configuration file "custom.conf" contains errors';
    assert.equal(reasonInLog(`2026-11-29 06:30:00 UTC [22] LOG:  ${unknown}\n${after}`), unknown);
    assert.equal(
      reasonInLog([{ msg: `LOG:  ${unknown}` }, { msg: after }].map((one) => json(one)).join("\n")),
      unknown,
    );
  });

  it("is Barman's own error, and none where nothing reads like one", () => {
    const log = json({
      level: "info",
      logger: "barman-cloud-restore",
      msg: "ERROR: 403 GET does not have access",
    });
    assert.equal(reasonInLog(log), "ERROR: 403 GET does not have access");
    assert.equal(reasonInLog("all is well\n{not json"), undefined);
  });

  it("has no password in it", () => {
    for (const text of [
      "could not connect to postgres://shop:s3cr3t@old/shop",
      "connection failed: password=s3cr3t host=old",
      "ALTER ROLE shop PASSWORD 's3cr3t' failed",
      'aws_secret_access_key: "s3cr3t"',
    ])
      assert(!oneLine(text).includes("s3cr3t"), oneLine(text));
  });

  it("is on one line, and not endless", () => {
    assert.equal(oneLine("a\n  b"), "a b");
    assert(oneLine("x".repeat(5000)).length <= 400);
  });
});

describe("The names of WAL files", () => {
  it("count up, timeline first, and histories and partial files are none", () => {
    assert(reaches("000000010000000000000005", "000000010000000000000004"));
    assert(reaches("000000020000000000000001", "0000000100000000000000FF"));
    assert(reaches("000000010000000000000004.00000028.backup", "000000010000000000000004"));
    for (const name of [undefined, "", "00000002.history", "000000010000000000000009.partial"])
      assert(!reaches(name, "000000010000000000000001"), name);
  });
});
