import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getPulumiCli } from "../../cli";
import { runOffline } from "../../offline/engine";
import { render } from "../../offline/render";
import { openStack } from "../../offline/sources";
import { readProject, readStackFile } from "../../offline/stackFile";
import { clusterIn, Offline, root } from "./offline";

type Settings = { [key: string]: unknown };
const project = readProject(root);
const backupsOf = (settings: Settings) => settings["pulumi-cnpg:backups"] as { [key: string]: unknown };

describe("a stack that archives to S3, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  it("declares nothing of Google's, agrees with itself, and breaks no policy, in any of the packs of levels", async () => {
    for (const pack of ["recommended", "strict"]) {
      const config = join(offline.folder, `${pack}.json`);
      writeFileSync(config, JSON.stringify({ "cnpg-settings": { pack, production: false } }));
      const { code, output } = await offline.start(["--stack", "s3", "--policy-config", config]);
      assert.equal(code, 0, output);
      assert.match(output, /The two halves agree/);
      assert.match(output, /– keys ⇄ s3Credentials +Secret backup-s3 \(made elsewhere\)/);
      assert.doesNotMatch(output, /mandatory|advisory|warning/);
      assert.doesNotMatch(output, /gcp:/);
    }
  });

  it("agrees with itself as a clone too, of another stack's cluster that is in S3", async () => {
    const file = offline.stackFile("dev-clone", (settings) => {
      const clone = clusterIn(settings, "orders-db");
      clone.recoverFrom = {
        stack: "acme/pulumi-cnpg/s3",
        cluster: "orders-db",
        s3: { credentials: { secret: "read-only" }, endpointCA: { secret: "minio-ca" } },
      };
    });
    const { code, output } = await offline.start(["--stack", "dev-clone", "--stack-file", file]);
    assert.equal(code, 0, output);
    assert.match(output, /stacks\/Pulumi\.s3\.yaml says what it would answer/);
    assert.match(
      output,
      /– keys ⇄ recovery source +Secret read-only \(made elsewhere\) +s3:\/\/acme-postgres-backups\/cnpg\/s3\/orders-db at https:\/\/minio\.storage\.svc:9000 \(server orders-db-g1\)/,
    );
    assert.match(output, /– source can't be written to +keys of its own: the store's policy decides/);
    assert.doesNotMatch(output, /mandatory/);
  });

  it("dumps and imports with keys of their own, agrees with itself, and breaks no policy of the strict pack", async () => {
    const config = join(offline.folder, "strict.json");
    writeFileSync(config, JSON.stringify({ "cnpg-settings": { pack: "strict", production: false } }));
    const file = offline.stackFile("s3", (settings) => {
      settings["pulumi-cnpg:exports"] = { s3: { credentials: { secret: "exports-s3" } } };
      Object.assign(clusterIn(settings, "orders-db"), {
        exports: { nightly: { schedule: "@daily" }, once: { run: "first" } },
        importDump: {
          from: { objectPrefix: "exports/old/orders", s3: { credentials: { secret: "imports-s3" } } },
        },
      });
    });
    const { code, output } = await offline.start([
      "--stack-file",
      file,
      "--stack",
      "s3",
      "--policy-config",
      config,
    ]);
    assert.equal(code, 0, output);
    assert.match(output, /The two halves agree/);
    for (const [what, folder] of [
      ["export", "exports/orders-db/orders"],
      ["import", "exports/old/orders"],
    ]) {
      const keys = `– ${what} keys ⇄ store +Secret ${what}s-s3 \\(made elsewhere\\) +s3://acme-postgres-backups/${folder} at https://minio`;
      assert.match(output, new RegExp(keys));
      assert.match(
        output,
        new RegExp(`– ${what} can't reach the backups +others: the store's policy decides`),
      );
    }
    assert.doesNotMatch(output, /mandatory|advisory|warning|gcp:/);
  });

  it("refuses another server on a live cluster, and takes another way to the same one", async () => {
    const to = (endpoint: string) =>
      offline.stackFile("s3", (settings) => {
        backupsOf(settings).s3 = { endpoint, credentials: { secret: "backup-s3" } };
      });
    const args = ["--stack", "s3", "--preview", "--no-policies", "--stack-file"];
    const moved = await offline.start([...args, to("https://ceph.example.com")]);
    assert.notEqual(moved.code, 0);
    assert.match(
      moved.output,
      /spec\.configuration\.endpointURL: got "https:\/\/ceph\.example\.com", expected "https:\/\/minio\.storage\.svc:9000": the new place has no base backup yet/,
    );
    const same = await offline.start([...args, to("https://minio.storage.svc.cluster.local:9443")]);
    assert.equal(same.code, 0, same.output);
  });

  it("refuses a key that stands in the stack file in the open, and does not print it", async () => {
    const file = offline.stackFile("s3", (settings) => {
      settings["pulumi-cnpg:s3SecretAccessKey"] = "planted/secret+key";
    });
    const { code, output } = await offline.start(["--stack", "s3", "--stack-file", file]);
    assert.equal(code, 1);
    assert.match(output, /pulumi-cnpg:s3SecretAccessKey stands there in the open/);
    assert.match(output, /pulumi config set --secret --stack s3 pulumi-cnpg:s3SecretAccessKey/);
    assert.doesNotMatch(output, /planted/);
  });
});

describe("keys to S3 in a stack's configuration, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());
  const planted = {
    "pulumi-cnpg:s3AccessKeyId": "PLANTEDOWNID00000000",
    "pulumi-cnpg:s3SecretAccessKey": "planted/own+secret/key=0000",
    "pulumi-cnpg:s3SourceAccessKeyId": "PLANTEDSOURCEID00000",
    "pulumi-cnpg:s3SourceSecretAccessKey": "planted/source+secret/key=0000",
    "pulumi-cnpg:s3ExportAccessKeyId": "PLANTEDEXPORTID00000",
    "pulumi-cnpg:s3ExportSecretAccessKey": "planted/export+secret/key=0000",
    "pulumi-cnpg:s3ImportAccessKeyId": "PLANTEDIMPORTID00000",
    "pulumi-cnpg:s3ImportSecretAccessKey": "planted/import+secret/key=0000",
  };

  it("are in a Secret of each cluster, and in no output, no state, no manifest and no policy's message", async () => {
    const { content } = readStackFile(root, project, "s3");
    const stackFile = structuredClone(content) as { config: Settings };
    // As the engine hands them over once they are decrypted. In the file itself they would be refused.
    Object.assign(stackFile.config, planted);
    backupsOf(stackFile.config).s3 = { endpoint: "http://minio.example.com:9000" };
    Object.assign(clusterIn(stackFile.config, "orders-db"), {
      recoverFrom: { bucket: "acme-source", serverName: "g1", postgresMajor: 17, s3: {} },
      exports: { nightly: { schedule: "@daily" }, once: { run: "first" } },
    });
    const clusters = stackFile.config["pulumi-cnpg:clusters"] as Settings;
    const { recoverFrom: _, exports: __, ...plain } = clusters["orders-db"] as Settings;
    clusters.imported = {
      ...plain,
      namespace: "imported",
      importDump: { from: { objectPrefix: "exports/orders-db/orders" } },
    };
    const config = Object.fromEntries(
      Object.entries(stackFile.config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
    let output = "";
    const say = (text: string) => {
      output += text;
    };
    const { program } = await openStack(root, project, "s3", config, say);
    const { exitCode, recorder } = await runOffline({
      cli: await getPulumiCli({ say }),
      operation: "up",
      stack: "s3",
      project: project.name,
      stackFile,
      folder: offline.folder,
      policyPack: { path: join(root, "policies") },
      program: () => program(),
      stdio: "pipe",
      onOutput: say,
    });
    assert.equal(exitCode, 0, output);
    render(join(offline.folder, "rendered"), recorder.declared.values(), false);

    const secrets = offline.state("s3").filter(({ urn }) => /-(backup|source|export|import)-s3$/.test(urn));
    assert.equal(secrets.length, 5);
    const places: [string, string][] = [["the output", output]];
    for (const entry of readdirSync(offline.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // What the engine keeps of the settings themselves has what the stack file has, which there is encrypted.
      if (entry.isFile() && !/\/(work|history)\//.test(path)) places.push([path, readFileSync(path, "utf8")]);
    }
    assert(places.length > 10);
    for (const [place, text] of places)
      for (const value of Object.values(planted))
        for (const needle of [value, Buffer.from(value).toString("base64").slice(0, 24)])
          assert(!text.includes(needle), `a key stands in ${place}`);
  });
});
