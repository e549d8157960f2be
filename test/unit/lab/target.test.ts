import assert from "node:assert/strict";
import { hasUnknowns, inputsOf, manifestOf, outputsOf, refOfResource } from "../../../lab/stack/live";
import { atS3Server } from "../../../lab/stack/s3Settings";
import { withLabStores } from "../../../lab/stack/settings";
import { describeStates } from "../../../lab/stack/summary";
import { SECRET, SPECIAL, UNKNOWN } from "../../../offline/wire";

const url = "http://gcs.test:4443";
const s3 = { endpoint: "http://s3.test:7070", accessKeyId: "lab", secretAccessKey: "lab-secret" };
const [backups, clusters] = ["pulumi-cnpg:backups", "pulumi-cnpg:clusters"];
const secret = (value: unknown) => ({ [SPECIAL]: SECRET, value });

describe("a stack file's settings in a lab", () => {
  const settings = (config: { [key: string]: unknown }) => withLabStores({ config }, { gcs: url, s3 });

  it("get the emulator's address beside what the file says, which stays as it was", () => {
    const config = {
      "gcp:project": "acme-dev",
      [backups]: { retention: "8d", env: { A: "b" } },
      [clusters]: { db: { namespace: "x" } },
    };
    const before = structuredClone(config);
    const { stackFile, notices } = settings(config);
    assert.deepEqual(stackFile.config, {
      ...before,
      [backups]: { retention: "8d", env: { A: "b", STORAGE_EMULATOR_HOST: url } },
    });
    assert.deepEqual(config, before);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /backups\.env\.STORAGE_EMULATOR_HOST=http:\/\/gcs\.test:4443 is added/);
  });

  it("get it also where they are JSON, and where a cluster has variables of its own", () => {
    const { stackFile } = settings({
      [clusters]: JSON.stringify({ a: { backup: { env: { A: "b" } } }, b: { backup: { retention: "9d" } } }),
    });
    assert.deepEqual(stackFile.config, {
      [backups]: { env: { STORAGE_EMULATOR_HOST: url } },
      [clusters]: {
        a: { backup: { env: { A: "b", STORAGE_EMULATOR_HOST: url } } },
        b: { backup: { retention: "9d" } },
      },
    });
  });

  it("get the lab's S3 server and key in place of each store of their own, and no emulator that nobody asks", () => {
    const config = {
      [backups]: { bucket: "b", retention: "8d", s3: { region: "eu-west-1", credentials: { secret: "x" } } },
      [clusters]: {
        a: { namespace: "x" },
        b: { recoverFrom: { bucket: "c", s3: { endpoint: "https://other", credentials: { secret: "y" } } } },
        c: { recoverFrom: { stack: "acme/pulumi-cnpg/s3", s3: { credentials: { secret: "y" } } } },
      },
    };
    const { stackFile, notices } = settings(config);
    assert.deepEqual(stackFile.config, {
      [backups]: { bucket: "b", retention: "8d", s3: { endpoint: s3.endpoint } },
      [clusters]: {
        a: { namespace: "x" },
        b: { recoverFrom: { bucket: "c", s3: { endpoint: s3.endpoint } } },
        c: { recoverFrom: { stack: "acme/pulumi-cnpg/s3", s3: {} } },
      },
      "pulumi-cnpg:s3AccessKeyId": "lab",
      "pulumi-cnpg:s3SecretAccessKey": "lab-secret",
      "pulumi-cnpg:s3SourceAccessKeyId": "lab",
      "pulumi-cnpg:s3SourceSecretAccessKey": "lab-secret",
    });
    assert.deepEqual(
      notices.map((notice) => notice.replace(/ is http.*/, "")),
      ["lab: backups.s3", "lab: clusters.b.recoverFrom.s3", "lab: clusters.c.recoverFrom.s3"],
    );
    assert.doesNotMatch(notices.join(), /lab-secret/);
  });

  it("get both where a cluster of a stack of S3 is recovered from Cloud Storage, or the other way round", () => {
    const fromGoogle = settings({
      [backups]: { bucket: "b", s3: { region: "eu-west-1" } },
      [clusters]: { a: { recoverFrom: { bucket: "c", gcs: {} } } },
    });
    assert.deepEqual((fromGoogle.stackFile.config as { [key: string]: unknown })[backups], {
      bucket: "b",
      s3: { endpoint: s3.endpoint },
      env: { STORAGE_EMULATOR_HOST: url },
    });
    const fromS3 = settings({ [clusters]: { a: { recoverFrom: { bucket: "c", s3: { region: "x" } } } } });
    assert.deepEqual(fromS3.stackFile.config, {
      [backups]: { env: { STORAGE_EMULATOR_HOST: url } },
      [clusters]: { a: { recoverFrom: { bucket: "c", s3: { endpoint: s3.endpoint } } } },
      "pulumi-cnpg:s3SourceAccessKeyId": "lab",
      "pulumi-cnpg:s3SourceSecretAccessKey": "lab-secret",
    });
  });

  it("get it for dumps too, with a key of their own settings, and no more than are used", () => {
    const exported = settings({
      [backups]: { bucket: "b", s3: { region: "eu-west-1", credentials: { secret: "x" } } },
      "pulumi-cnpg:exports": { prefix: "d", s3: { credentials: { secret: "y" } } },
      [clusters]: {
        a: { exports: { once: { run: "1" } } },
        b: { importDump: { from: { objectPrefix: "d/a", s3: { credentials: { secret: "z" } } }, jobs: 2 } },
      },
    });
    assert.deepEqual(exported.stackFile.config, {
      [backups]: { bucket: "b", s3: { endpoint: s3.endpoint } },
      "pulumi-cnpg:exports": { prefix: "d", s3: { endpoint: s3.endpoint } },
      [clusters]: {
        a: { exports: { once: { run: "1" } } },
        b: { importDump: { from: { objectPrefix: "d/a", s3: { endpoint: s3.endpoint } }, jobs: 2 } },
      },
      "pulumi-cnpg:s3AccessKeyId": "lab",
      "pulumi-cnpg:s3SecretAccessKey": "lab-secret",
      "pulumi-cnpg:s3ExportAccessKeyId": "lab",
      "pulumi-cnpg:s3ExportSecretAccessKey": "lab-secret",
      "pulumi-cnpg:s3ImportAccessKeyId": "lab",
      "pulumi-cnpg:s3ImportSecretAccessKey": "lab-secret",
    });
    assert.deepEqual(
      exported.notices.map((notice) => notice.replace(/ is http.*/, "")),
      ["lab: backups.s3", "lab: exports.s3", "lab: clusters.b.importDump.from.s3"],
    );
    const config = settings({
      [clusters]: { a: { importDump: { from: { bucket: "d", objectPrefix: "d", s3: { region: "x" } } } } },
    }).stackFile.config as { [key: string]: unknown };
    assert.equal(config["pulumi-cnpg:s3ImportAccessKeyId"], "lab");
    assert.equal(config["pulumi-cnpg:s3ExportAccessKeyId"], undefined);
    // Its own backups are still in the emulator, whose variables rclone takes for Cloud Storage alone.
    assert.deepEqual(config["pulumi-cnpg:exports"], {
      env: { RCLONE_GCS_ENDPOINT: `${url}/storage/v1/`, RCLONE_GCS_ANONYMOUS: "true" },
    });
  });

  it("takes what another stack says of itself as if that had been here too", () => {
    const told = {
      clusters: {
        a: { destinationPath: "s3://b/cnpg/a", endpoint: "https://minio", region: "x", serverName: "a-g1" },
        b: { destinationPath: "gs://b/cnpg/b", serverName: "b-g1" },
      },
    };
    assert.deepEqual(atS3Server(told, s3), {
      clusters: {
        a: { destinationPath: "s3://b/cnpg/a", endpoint: s3.endpoint, serverName: "a-g1" },
        b: told.clusters.b,
      },
    });
    assert.deepEqual(atS3Server({ unavailable: "why" }, s3), { unavailable: "why" });
    assert.deepEqual(atS3Server({ clusters: undefined }, s3), { clusters: undefined });
  });

  it("keep an address that the file gives, and say so", () => {
    const own = { env: { STORAGE_EMULATOR_HOST: "http://mine" } };
    const { stackFile, notices } = settings({ [backups]: own, [clusters]: { db: {} } });
    assert.deepEqual((stackFile.config as { [key: string]: unknown })[backups], own);
    assert.match(notices.join("\n"), /stays "http:\/\/mine", as the stack file says/);
  });

  it("stay as they are where no cluster has backups", () => {
    const config = { [clusters]: { db: { backup: { enabled: false } } } };
    assert.deepEqual(settings(config), { stackFile: { config }, notices: [] });
  });
});

describe("what the engine knows of a live object", () => {
  const inputs = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "x", namespace: "y", labels: {} },
    stringData: secret({ password: "p" }),
    __defaults: [],
  };
  const live = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "x", namespace: "y", uid: "1", managedFields: [{ manager: "m" }] },
    type: "Opaque",
    data: { password: Buffer.from("p").toString("base64") },
  };

  it("is sent as plain values, without what the SDK adds", () => {
    assert.deepEqual(manifestOf(inputs), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: inputs.metadata,
      stringData: { password: "p" },
    });
    assert.equal(hasUnknowns({ spec: [{ a: UNKNOWN }] }), true);
    assert.equal(hasUnknowns(inputs), false);
  });

  it("has every value of a Secret as a secret, what the provider keeps, and not who owns which field", () => {
    const outputs = outputsOf(inputs, live, "pulumi-kubernetes-1");
    assert.deepEqual(outputs.data, secret(live.data));
    assert.equal(outputs.stringData, undefined);
    assert.deepEqual(outputs.metadata, { name: "x", namespace: "y", uid: "1" });
    assert.equal(outputs.__fieldManager, "pulumi-kubernetes-1");
    assert.equal(outputs.__inputs, inputs);
  });

  it("differs from the inputs only in what they gave and somebody changed, a Secret's text as base64", () => {
    const { stringData: _, __defaults: __, ...rest } = inputs;
    const kept = { ...rest, metadata: { name: "x", namespace: "y" } };
    assert.deepEqual(inputsOf(inputs, live), { ...kept, data: secret(live.data) });
    const data = { password: Buffer.from("q").toString("base64") };
    assert.deepEqual(inputsOf(inputs, { ...live, data }), { ...kept, data: secret(data) });
  });

  it("leaves out what the server and operators add, at the end of a list too, and shows what went", () => {
    const spec = { instances: 1, list: [{ a: 1 }], gone: 1 };
    const now = { instances: 2, list: [{ a: 1, b: 2 }, { c: 3 }], more: true };
    const given = { apiVersion: "a.b/v1", kind: "A", metadata: { name: "x" }, spec };
    const object = (changed: object) => ({ ...given, spec: changed });
    assert.deepEqual(inputsOf(given, object(now)).spec, { instances: 2, list: [{ a: 1 }] });
    assert.deepEqual(inputsOf(given, object({ list: [] })).spec, { list: [] });
  });

  it("is found by type and id where there are no inputs", () => {
    assert.deepEqual(refOfResource("kubernetes:core/v1:Secret", "y/x", {}), {
      apiVersion: "v1",
      kind: "Secret",
      name: "x",
      namespace: "y",
    });
    assert.equal(
      refOfResource("kubernetes:postgresql.cnpg.io/v1:Cluster", "y/x", {}).apiVersion,
      "postgresql.cnpg.io/v1",
    );
  });
});

describe("the clusters after an update in a lab", () => {
  const state = {
    cluster: "a/db",
    phase: "Cluster in healthy state",
    primary: "db-1",
    ready: 1,
    instances: 1,
  };

  it("are described with what is in the bucket, and one without backups as such", () => {
    const archive = { path: "gs://b/cnpg/db/db-g1", walFiles: 1, baseBackups: 0 };
    const { lines, problems } = describeStates([{ ...state, archive }, state]);
    assert.deepEqual(lines, [
      "  ✓ a/db: Cluster in healthy state; primary db-1; 1 of 1 instances ready",
      "      1 WAL file, no finished base backups in gs://b/cnpg/db/db-g1",
      "  ✓ a/db: Cluster in healthy state; primary db-1; 1 of 1 instances ready",
      "      no backups",
    ]);
    assert.deepEqual(problems, []);
  });

  it("are a problem where no WAL file has come", () => {
    const archive = { path: "gs://b/cnpg/db/db-g1", walFiles: 0, baseBackups: 0 };
    const { problems } = describeStates([{ ...state, archive }]);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? "",
      /^a\/db: no WAL file has come to gs:\/\/b\/cnpg\/db\/db-g1\/wals\/ by itself/,
    );
  });
});
