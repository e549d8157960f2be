import assert from "node:assert/strict";
import type { PlannedObject } from "../../../components/plan/object";
import type { Settings } from "../stacks/badStacks";
import { decided, jobOf, objectsOf } from "./planned";

const minio = {
  endpoint: "https://minio.storage.svc:9000",
  endpointCA: { secret: "minio-ca", key: "tls.crt" },
};
const backups = { bucket: "acme-pg", s3: { ...minio, credentials: { secret: "backup-s3" } } };
const once = { exports: { once: { run: "a" } } };
const exportsTo = (s3: Settings, more: Settings = {}) => ({ "pulumi-cnpg:exports": { ...more, s3 } });
const own = { credentials: { secret: "exports-s3" } };

/** All variables of a container of a plan's Job, with `<secret>/<key>` for one that is kept in a Secret. */
function variables(objects: readonly PlannedObject[], container: string): Record<string, string | undefined> {
  const job = objects.find(({ kind }) => kind === "Job") ?? assert.fail("no Job");
  const { initContainers, containers } = jobOf(job).template.spec;
  const found = [...initContainers, ...containers].find(({ name }) => name === container);
  const env = (found?.env ?? []) as readonly {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[];
  return Object.fromEntries(
    env.map(({ name, value, valueFrom: { secretKeyRef: ref } = { secretKeyRef: undefined } }) => [
      name.replace("RCLONE_CONFIG_STORE_", ""),
      ref === undefined ? value : `${ref.name}/${ref.key}`,
    ]),
  );
}
const of = (settings: Parameters<typeof decided>[0], container: string) =>
  variables(objectsOf(decided(settings)), container);

const common = { NO_CHECK_BUCKET: "true", RCLONE_CONFIG: "/dev/null", HOME: "/tmp" };

describe("exports to an S3-compatible store", () => {
  it("go to the server of the backups, opened with keys of their own, and look nothing up there", () => {
    const settings = { backups, config: exportsTo(own), cluster: once };
    assert.deepEqual(of(settings, "upload"), {
      TYPE: "s3",
      PROVIDER: "Other",
      ENDPOINT: "https://minio.storage.svc:9000",
      REGION: "us-east-1",
      NO_HEAD: "true",
      ACCESS_KEY_ID: "exports-s3/ACCESS_KEY_ID",
      SECRET_ACCESS_KEY: "exports-s3/ACCESS_SECRET_KEY",
      RCLONE_CA_CERT: "/etc/store-ca/ca.crt",
      DUMP_FOLDER: "s3://acme-pg/exports/orders-db/orders",
      DUMP_REMOTE: "store:acme-pg/exports/orders-db/orders",
      ...common,
    });
    const [job] = objectsOf(decided(settings)).filter(({ kind }) => kind === "Job");
    const volumes = JSON.stringify(job === undefined ? [] : jobOf(job).template.spec.volumes);
    assert(
      volumes.includes('{"secretName":"minio-ca","items":[{"key":"tls.crt","path":"ca.crt"}]}'),
      volumes,
    );
  });

  it("go to Amazon's as its SDK addresses it, with a role of their own on their account", () => {
    const role = "arn:aws:iam::123456789012:role/exports";
    const settings = {
      backups: { bucket: "acme-pg", s3: { region: "eu-west-1", inheritFromIAMRole: true } },
      config: exportsTo({ inheritFromIAMRole: true, roleArn: role }),
      cluster: once,
    };
    const { TYPE, PROVIDER, ENDPOINT, REGION, ENV_AUTH, ACCESS_KEY_ID, RCLONE_CA_CERT } = of(
      settings,
      "upload",
    );
    assert.deepEqual([TYPE, PROVIDER, ENDPOINT, REGION], ["s3", "AWS", undefined, "eu-west-1"]);
    assert.deepEqual([ENV_AUTH, ACCESS_KEY_ID, RCLONE_CA_CERT], ["true", undefined, undefined]);
    const account = objectsOf(decided(settings)).find(({ kind }) => kind === "ServiceAccount");
    assert.deepEqual(account?.annotations, { "eks.amazonaws.com/role-arn": role });
  });

  it("have nothing of Google's to be declared, or to be waited for", () => {
    const plan = decided({ backups, config: exportsTo(own), cluster: once });
    assert.deepEqual([plan.jobs, plan.identity.grants, plan.identity.accounts], [[], [], []]);
    for (const { runsAs, annotations } of objectsOf(plan))
      assert.deepEqual([runsAs, annotations], [undefined, undefined]);
  });

  it("are those of a stack of Cloud Storage too, whose bucket stays as it was", () => {
    const config = exportsTo({ region: "eu-west-1", ...own }, { bucket: "acme-dumps" });
    const plan = decided({ config, cluster: once });
    assert.equal(
      variables(objectsOf(plan), "upload").DUMP_FOLDER,
      "s3://acme-dumps/exports/orders-db/orders",
    );
    assert.equal(plan.bucket?.name, "acme-dev-dev-postgres-backups");
    assert.deepEqual(plan.jobs, []);
  });

  it("may be in a folder of that name of another store", () => {
    const s3 = { endpoint: "https://other.example.com", ...own };
    const plan = decided({
      backups,
      config: exportsTo(s3, { bucket: "acme-pg", prefix: "cnpg" }),
      cluster: once,
    });
    assert.equal(variables(objectsOf(plan), "upload").DUMP_FOLDER, "s3://acme-pg/cnpg/orders-db/orders");
  });

  it("let the file's own variables go over their own, as for a server with the bucket in its host", () => {
    const env = { RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: "false", RCLONE_CONFIG_STORE_PROVIDER: "Ceph" };
    const { PROVIDER, FORCE_PATH_STYLE } = of(
      { backups, config: exportsTo(own, { env }), cluster: once },
      "upload",
    );
    assert.deepEqual([PROVIDER, FORCE_PATH_STYLE], ["Ceph", "false"]);
  });
});

describe("an import from an S3-compatible store", () => {
  const imports = (from: Settings) => ({
    importDump: { from: { objectPrefix: "exports/old/orders", ...from } },
  });
  const reader = { credentials: { secret: "imports-s3" } };

  it("reads where dumps go, with keys of its own, and looks up what it reads", () => {
    const found = of({ backups, cluster: imports({ s3: reader }) }, "fetch");
    assert.equal(found.DUMP_FOLDER, "s3://acme-pg/exports/old/orders");
    assert.equal(found.ENDPOINT, "https://minio.storage.svc:9000");
    assert.equal(found.SECRET_ACCESS_KEY, "imports-s3/ACCESS_SECRET_KEY");
    assert.equal(found.NO_HEAD, undefined);
  });

  it("reads in a stack of Cloud Storage too, with no identity of Google's", () => {
    const from = { bucket: "acme-old", s3: { region: "eu-west-1", ...reader } };
    const plan = decided({ cluster: imports(from) });
    assert.equal(variables(objectsOf(plan), "fetch").DUMP_FOLDER, "s3://acme-old/exports/old/orders");
    assert.deepEqual(plan.jobs, []);
  });

  it("is another import for another server, and the same for another Secret", () => {
    const key = (s3: Settings) =>
      objectsOf(decided({ cluster: imports({ bucket: "acme-old", s3 }) })).find(({ kind }) => kind === "Job")
        ?.key;
    const first = key({ endpoint: "https://a.example.com", ...reader });
    assert.notEqual(key({ endpoint: "https://b.example.com", ...reader }), first);
    assert.equal(key({ endpoint: "https://a.example.com:443", credentials: { secret: "other" } }), first);
  });

  it("may read Cloud Storage in a stack of S3: with a key file, or as whoever the pod is", () => {
    const gcs = { credentials: { secret: "gcs-key" } };
    const found = of({ backups, cluster: imports({ bucket: "acme-old", gcs }) }, "fetch");
    assert.equal(found.TYPE, "google cloud storage");
    assert.equal(found.SERVICE_ACCOUNT_CREDENTIALS, "gcs-key/key.json");
    assert.equal(found.ENV_AUTH, undefined);
    const plan = decided({ backups, cluster: imports({ bucket: "acme-old", gcs: {} }) });
    assert.equal(variables(objectsOf(plan), "fetch").ENV_AUTH, "true");
    assert.deepEqual(plan.jobs, []);
  });

  it("reads Cloud Storage with a granted identity where the backups are there and dumps are not", () => {
    const config = exportsTo({ region: "eu-west-1", ...own }, { bucket: "acme-dumps" });
    const plan = decided({ config, cluster: imports({ bucket: "acme-old", gcs: {} }) });
    assert.deepEqual(
      plan.jobs.map(({ purpose, grant, folder: { url } }) => [purpose, grant, url]),
      [["import", true, "gs://acme-old/exports/old/orders"]],
    );
  });
});
