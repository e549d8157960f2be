import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  type ClusterArgs,
  PostgresCluster,
  PostgresEnvironment,
  type S3StoreArgs,
} from "../../components/index";
import { settled } from "../helpers/mocks";
import { clusterArgs, image, paths, recordValid, refused, spec, types } from "../helpers/samples";

const orders: ClusterArgs = { namespace: "orders", image, databases: { orders: {} } };
const minio = { endpoint: "https://minio.storage.svc:9000/", credentials: { secret: "backup-s3" } };
const planted = { accessKeyId: "PLANTED-ID", secretAccessKey: "planted/secret+key" };

const declare = (s3: S3StoreArgs, cluster: Partial<ClusterArgs> = {}, more: object = {}) =>
  recordValid(
    () =>
      new PostgresEnvironment("dev", {
        profile: "dev",
        backups: { bucket: "acme-pg", s3 },
        clusters: { "orders-db": { ...orders, ...cluster } },
        ...more,
      }),
  );
const checksums = [
  { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
  { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
];
const key = (name: string, of: string) => ({ name, key: of });

describe("PostgresEnvironment that archives to S3", () => {
  it("renders this ObjectStore for a server of one's own, and declares nothing of Google's", async () => {
    const recording = await declare({ ...minio, endpointCA: { secret: "minio-ca" } });
    assert.deepEqual(spec(recording.one(types.store)), {
      configuration: {
        destinationPath: "s3://acme-pg/cnpg/dev/orders-db",
        endpointURL: "https://minio.storage.svc:9000",
        endpointCA: key("minio-ca", "ca.crt"),
        s3Credentials: {
          accessKeyId: key("backup-s3", "ACCESS_KEY_ID"),
          secretAccessKey: key("backup-s3", "ACCESS_SECRET_KEY"),
        },
        wal: { compression: "gzip", maxParallel: 2 },
        data: { compression: "gzip", jobs: 2 },
      },
      retentionPolicy: "7d",
      instanceSidecarConfiguration: {
        env: checksums,
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      },
    });
    assert.deepEqual(
      recording.list.filter((each) => /gcp:|BackupBucket|BackupIdentity/.test(each)),
      [],
    );
    assert.deepEqual(
      recording.all(types.secret).map(({ name }) => name),
      ["dev/orders-db/orders"],
    );
    assert(!("serviceAccountTemplate" in spec(recording.one(types.cluster))));
    const { hooks } = recording.one(types.cluster).options;
    assert.deepEqual(
      hooks.beforeCreate,
      ["pulumi-cnpg-installed", "pulumi-cnpg-known-fields", "pulumi-cnpg-empty-archive"],
      "there are no grants to wait for",
    );
  });

  it("asks Amazon's for checksums as boto3 likes it, and gives the pods their role", async () => {
    const recording = await declare({
      region: "eu-west-1",
      inheritFromIAMRole: true,
      roleArn: "arn:aws:iam::123456789012:role/pg",
    });
    const { configuration, instanceSidecarConfiguration } = spec(recording.one(types.store)) as {
      configuration: { s3Credentials: unknown; endpointURL?: string };
      instanceSidecarConfiguration: { env: unknown };
    };
    assert.deepEqual(configuration.s3Credentials, { inheritFromIAMRole: true });
    assert.equal(configuration.endpointURL, undefined);
    assert.deepEqual(instanceSidecarConfiguration.env, [{ name: "AWS_DEFAULT_REGION", value: "eu-west-1" }]);
    assert.deepEqual(spec(recording.one(types.cluster)).serviceAccountTemplate, {
      metadata: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/pg" } },
    });
  });

  it("lets the file's own variables go over its own", async () => {
    const env = { AWS_REQUEST_CHECKSUM_CALCULATION: "when_supported" };
    const recording = await declare(minio, { backup: { env } });
    assert.match(
      JSON.stringify(spec(recording.one(types.store)).instanceSidecarConfiguration),
      /"AWS_REQUEST_CHECKSUM_CALCULATION","value":"when_supported"/,
    );
  });

  it("says the same in-tree, on the Cluster", async () => {
    const system = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie";
    const recording = await declare(
      minio,
      { image: system },
      {
        backups: { bucket: "acme-pg", s3: { ...minio, region: "auto" }, method: "inTree" },
      },
    );
    const rendered = spec(recording.one(types.cluster)) as {
      env: unknown;
      backup: { barmanObjectStore: object };
    };
    assert.deepEqual(rendered.env, [{ name: "AWS_DEFAULT_REGION", value: "auto" }, ...checksums]);
    assert.deepEqual(Object.keys(rendered.backup.barmanObjectStore).sort(), [
      "data",
      "destinationPath",
      "endpointURL",
      "s3Credentials",
      "serverName",
      "wal",
    ]);
  });

  it("makes of keys one Secret for each cluster, all of it secret, which the Cluster waits for", async () => {
    const recording = await declare(
      { endpoint: "https://minio" },
      {},
      { s3Keys: { ...planted, secretAccessKey: pulumi.secret(planted.secretAccessKey) } },
    );
    const secret = recording.one(types.secret, "dev/orders-db-backup-s3");
    assert.deepEqual(secret.inputs.stringData, {
      ACCESS_KEY_ID: planted.accessKeyId,
      ACCESS_SECRET_KEY: planted.secretAccessKey,
    });
    assert.equal((secret.inputs.metadata as { name: string }).name, "orders-db-backup-s3");
    assert.deepEqual(secret.secrets, ["stringData"]);
    const { dependsOn } = recording.one(types.cluster).options;
    assert(dependsOn.includes(`${types.secret}::dev/orders-db-backup-s3`), dependsOn.join());
    for (const { type, inputs } of recording.resources)
      if (type !== types.secret) assert.doesNotMatch(JSON.stringify(inputs), /planted|PLANTED/, type);
  });

  it("tells other stacks where the archive lies, and never how to get in", async () => {
    const { value } = await declare({ ...minio, region: "auto" });
    const { "orders-db": told } = await settled(value.clusters);
    assert.deepEqual(
      [told?.destinationPath, told?.endpoint, told?.region, told?.iamMember, told?.deleteAgeDays],
      ["s3://acme-pg/cnpg/dev/orders-db", "https://minio.storage.svc:9000", "auto", "", 0],
    );
    assert.doesNotMatch(JSON.stringify(told), /backup-s3/);
    assert.equal(await settled(value.bucket), "acme-pg");
  });
});

describe("A clone and S3", () => {
  const place = { bucket: "acme-source", serverName: "orders-db-g1", postgresMajor: 17 };
  const source = async (s3: S3StoreArgs, recoverFrom: ClusterArgs["recoverFrom"], more: object = {}) => {
    const recording = await declare(s3, { recoverFrom: { ...place, ...recoverFrom } }, more);
    return {
      recording,
      store: JSON.parse(JSON.stringify(spec(recording.one(types.store, "dev/orders-db/source")))),
    };
  };

  it("reads a source in the same store with keys of its own, and with the store's certificate authority", async () => {
    const { store } = await source(
      { ...minio, endpointCA: { secret: "minio-ca" } },
      { s3: { credentials: { secret: "read-only" } } },
    );
    assert.deepEqual(store.configuration, {
      destinationPath: "s3://acme-source/cnpg/orders-db",
      endpointURL: "https://minio.storage.svc:9000",
      endpointCA: key("minio-ca", "ca.crt"),
      s3Credentials: {
        accessKeyId: key("read-only", "ACCESS_KEY_ID"),
        secretAccessKey: key("read-only", "ACCESS_SECRET_KEY"),
      },
      wal: { maxParallel: 2 },
    });
  });

  it("names the region of a source in another one in a Secret, since a pod's environment has one for all stores", async () => {
    const { recording, store } = await source(
      { region: "eu-west-1", credentials: { secret: "backup-s3" } },
      { s3: { region: "us-east-2", credentials: { secret: "read-only" } } },
    );
    assert.deepEqual(store.configuration.s3Credentials.region, key("orders-db-source-s3", "AWS_REGION"));
    assert.equal(store.instanceSidecarConfiguration.env, undefined);
    const made = recording.one(types.secret, "dev/orders-db-source-s3");
    assert.deepEqual(made.inputs.stringData, { AWS_REGION: "us-east-2" });
  });

  it("has a Secret of its own for keys to the source", async () => {
    const { recording, store } = await source({ ...minio }, { s3: {} }, { s3SourceKeys: planted });
    assert.equal(store.configuration.s3Credentials.accessKeyId.name, "orders-db-source-s3");
    assert.deepEqual(recording.one(types.secret, "dev/orders-db-source-s3").secrets, ["stringData"]);
  });

  it("reads a source in Cloud Storage, as the pods' own identity or with a key file", async () => {
    const own = await source(minio, { gcs: {} });
    assert.deepEqual(own.store.configuration, {
      destinationPath: "gs://acme-source/cnpg/orders-db",
      googleCredentials: { gkeEnvironment: true },
      wal: { maxParallel: 2 },
    });
    const withKey = await source(minio, { gcs: { credentials: { secret: "gcs-key" } } });
    assert.deepEqual(withKey.store.configuration.googleCredentials, {
      applicationCredentials: key("gcs-key", "key.json"),
    });
  });

  it("reads a source in S3 and archives to Cloud Storage, with no grant on the source", async () => {
    const recording = await recordValid(
      () =>
        new PostgresEnvironment("dev", {
          project: "acme-dev",
          region: "europe-west1",
          profile: "dev",
          clusters: { "orders-db": { ...orders, recoverFrom: { ...place, s3: minio } } },
        }),
    );
    assert.deepEqual(
      recording.all(types.grant).map(({ name }) => name),
      ["dev/objects", "dev/bucket"],
    );
    assert.match(JSON.stringify(spec(recording.one(types.store, "dev/orders-db"))), /gs:\/\//);
    assert.match(JSON.stringify(spec(recording.one(types.store, "dev/orders-db/source"))), /s3:\/\//);
  });

  it("says what an in-tree source needs in the Cluster's own environment", async () => {
    const { recording, externalClusters } = await (async () => {
      const made = await declare(
        { region: "eu-west-1", inheritFromIAMRole: true },
        {
          image: "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
          recoverFrom: { ...place, method: "inTree", s3: minio },
        },
      );
      return { recording: made, externalClusters: spec(made.one(types.cluster)).externalClusters };
    })();
    assert.match(JSON.stringify(externalClusters), /"endpointURL":"https:\/\/minio.storage.svc:9000"/);
    assert.deepEqual(spec(recording.one(types.cluster)).env, checksums);
  });

  it("is restored in place with the keys of its own archive, and no second Secret", async () => {
    const recording = await declare(
      { endpoint: "https://minio" },
      { generation: 2, recoverFrom: { generation: 1 } },
      { s3Keys: planted },
    );
    const [own, former] = ["dev/orders-db", "dev/orders-db/source"].map(
      (name) => spec(recording.one(types.store, name)).configuration as { s3Credentials: unknown },
    );
    assert.deepEqual(former?.s3Credentials, own?.s3Credentials);
    assert.equal(recording.all(types.secret).length, 2);
  });
});

describe("A PostgresCluster that archives to S3", () => {
  it("stands alone", async () => {
    const args = clusterArgs({ s3: { region: "eu-west-1" }, s3Keys: planted });
    const recording = await recordValid(() => new PostgresCluster("orders-db", args));
    assert.equal(await settled(recording.value.destinationPath), "s3://acme-dev-backups/cnpg/orders-db");
    recording.one(types.secret, "orders-db-backup-s3");
  });

  it("names its own arguments in what it refuses", async () => {
    const args = clusterArgs({ s3: { endpoint: "minio" }, s3SourceKeys: planted });
    assert.deepEqual(paths(await refused(() => new PostgresCluster("orders-db", args))).sort(), [
      "s3.credentials",
      "s3.endpoint",
      "s3SourceKeys.accessKeyId",
      "s3SourceKeys.secretAccessKey",
    ]);
  });
});
