import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSize } from "../../../components/units";
import { image } from "../../helpers/samples";
import { decided } from "./planned";

type Decide = Parameters<typeof decided>[0];

function store(size: string, backup: object = {}, settings: Decide = {}) {
  const { clusters } = decided({
    ...settings,
    cluster: { namespace: "orders", image, storage: { size }, backup, ...settings.cluster },
  });
  const spec = clusters[0]?.plan.backup?.objectStore?.spec ?? assert.fail("no ObjectStore");
  return {
    args: spec.configuration.data?.additionalCommandArgs,
    resources: spec.instanceSidecarConfiguration?.resources,
  };
}

const bytes = (text: unknown): bigint => {
  const parsed = parseSize(String(text));
  return parsed.ok ? parsed.value.bytes() : assert.fail(`${text}`);
};
const GiB = 2n ** 30n;

/** Bytes of a size as `check_size` in barman/utils.py reads it: `GB` counts in 1024s, `GiB` in 1000s. */
function barmanBytes(argument: string | undefined): bigint {
  const value = (argument ?? "").replace("--max-archive-size=", "").toUpperCase();
  if (!value.endsWith("B")) return BigInt(value);
  const si = value.at(-2) === "I";
  const power = "KMGTPEZY".indexOf(value.at(si ? -3 : -2) ?? "") + 1;
  return BigInt(value.slice(0, si ? -3 : -2)) * (si ? 1000n : 1024n) ** BigInt(power);
}

describe("The sidecar of a cluster that backs up to Cloud Storage", () => {
  it("is as ever for a volume of 10Gi, which the disk of a node takes as a whole", () => {
    assert.deepEqual(store("10Gi"), {
      args: undefined,
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    });
  });

  it("asks for the disk that an archive takes, and has the archive end there, for a larger one", () => {
    assert.deepEqual(store("100Gi"), {
      args: ["--max-archive-size=2GB"],
      resources: {
        requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "4Gi" },
        limits: { memory: "512Mi", "ephemeral-storage": "7Gi" },
      },
    });
  });

  it("has memory for a large volume, for many processes and for what compresses", () => {
    assert.deepEqual(store("2Ti").resources?.limits, { memory: "1536Mi", "ephemeral-storage": "7Gi" });
    assert.equal(store("2Ti", { dataJobs: 16 }).resources?.limits?.memory, "2432Mi");
    assert.equal(store("2Ti", { walParallel: 16 }).resources?.limits?.memory, "2432Mi");
    assert.equal(store("10Gi", { dataJobs: 8, dataCompression: "bzip2" }).resources?.limits?.memory, "912Mi");
  });

  it("takes what is said, in a setting or as Barman's argument, in place of what is derived", () => {
    assert.deepEqual(
      store("2Ti", {
        dataArgs: ["--max-archive-size=1GB", "--immediate-checkpoint"],
        sidecar: { memory: "1Gi", memoryLimit: "2Gi", ephemeralStorage: "20Gi" },
      }),
      {
        args: ["--max-archive-size=1GB", "--immediate-checkpoint"],
        resources: {
          requests: { cpu: "100m", memory: "1Gi", "ephemeral-storage": "20Gi" },
          limits: { memory: "2Gi", "ephemeral-storage": "20Gi" },
        },
      },
    );
    assert.deepEqual(store("10Gi", { maxArchiveSize: "1536Mi" }).args, ["--max-archive-size=1536MB"]);
    assert.deepEqual(store("2Ti", { dataArgs: ["--max-archive-size=1GiB"] }).resources?.requests, {
      cpu: "100m",
      memory: "768Mi",
      "ephemeral-storage": "3002Mi",
    });
  });

  it("fits every size of an archive to the disk that it asks for", () => {
    const size = fc.oneof(
      fc.integer({ min: 64, max: 1024 * 1024 - 1 }).map((n) => `${n}Mi`),
      fc.integer({ min: 1, max: 1023 }).map((n) => `${n}Gi`),
      fc.integer({ min: 68_000_000, max: 1_000_000_000 }).map(String),
    );
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 64 }), (maxArchiveSize, walParallel) => {
        const { args, resources } = store("500Gi", { maxArchiveSize, walParallel });
        const staged = barmanBytes(args?.[0]);
        assert.equal(staged, bytes(maxArchiveSize));
        const request = bytes(resources?.requests?.["ephemeral-storage"]);
        const limit = bytes(resources?.limits?.["ephemeral-storage"]);
        assert(request >= staged + GiB + BigInt(walParallel) * 16n * 2n ** 20n, `${request}`);
        assert(limit >= 2n * (staged + GiB) && limit >= request, `${limit}`);
      }),
      { numRuns: 60 },
    );
  });
});

describe("A cluster that stages no archives in a sidecar", () => {
  const s3 = {
    profile: "dev",
    backups: { bucket: "acme-pg", s3: { endpoint: "https://minio.example.com" } },
    config: { "pulumi-cnpg:s3AccessKeyId": "id", "pulumi-cnpg:s3SecretAccessKey": "secret" },
  };

  it("asks for none of the node's disk: S3 gets parts of 20 MB", () => {
    const { args, resources } = store("2Ti", {}, s3);
    assert.equal(args, undefined);
    assert.deepEqual(resources?.limits, { memory: "1536Mi" });
  });

  it("limits the archive, and no more, with the in-tree method", () => {
    const { clusters } = decided({
      backups: { method: "inTree" },
      cluster: {
        namespace: "orders",
        image: "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
        storage: { size: "100Gi" },
      },
    });
    assert.deepEqual(clusters[0]?.plan.spec.backup?.barmanObjectStore?.data, {
      compression: "gzip",
      jobs: 2,
      additionalCommandArgs: ["--max-archive-size=2GB"],
    });
  });
});

describe("The Job that restores", () => {
  it("has more memory than an instance's sidecar, and stages nothing", () => {
    const { clusters } = decided({
      cluster: {
        namespace: "orders",
        image,
        storage: { size: "100Gi" },
        backup: { walRestoreArgs: ["--read-timeout=60"], dataRestoreArgs: ["--read-timeout=90"] },
        recoverFrom: { bucket: "acme-prod-backups", serverName: "orders-db-g1", postgresMajor: 17 },
      },
    });
    const spec = clusters[0]?.plan.recovery?.objectStore?.spec;
    assert.deepEqual(spec?.instanceSidecarConfiguration?.resources, {
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "1Gi" },
    });
    assert.deepEqual(spec?.configuration.wal?.restoreAdditionalCommandArgs, ["--read-timeout=60"]);
    assert.deepEqual(spec?.configuration.data, { restoreAdditionalCommandArgs: ["--read-timeout=90"] });
  });
});
