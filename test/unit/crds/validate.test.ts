import assert from "node:assert/strict";
import { knownKinds, validateManifest } from "../../../offline/validate";
import { accepts, cluster, cnpg, metadata, objectStore, refuses, secret } from "./manifests";
import type { Fields } from "./sample";

describe("validateManifest accepts what the API server accepts", () => {
  it("takes a Cluster with a plugin, storage, resources and a Workload Identity annotation", () => {
    accepts(
      cluster({
        imageName: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
        storage: { size: "100Gi", storageClass: "premium-rwo", resizeInUseVolumes: true },
        resources: { requests: { cpu: 2, memory: "8Gi" }, limits: { memory: "8Gi" } },
        plugins: [
          {
            name: "barman-cloud.cloudnative-pg.io",
            isWALArchiver: true,
            parameters: { barmanObjectName: "orders-db" },
          },
        ],
        serviceAccountTemplate: {
          metadata: { annotations: { "iam.gke.io/gcp-service-account": "a@acme.iam.gserviceaccount.com" } },
        },
        managed: { roles: [{ name: "orders", ensure: "present", validUntil: "2026-11-21T03:00:00+01:00" }] },
      }),
    );
  });

  it("takes an ObjectStore, a ScheduledBackup and a Database", () => {
    accepts(
      objectStore({
        googleCredentials: { gkeEnvironment: true },
        wal: { compression: "gzip", maxParallel: 4 },
      }),
    );
    accepts(
      cnpg("ScheduledBackup", { schedule: "0 0 2 * * *", cluster: { name: "orders-db" }, method: "plugin" }),
    );
    accepts(cnpg("Database", { name: "orders", owner: "orders", cluster: { name: "orders-db" } }));
  });

  it("takes a Secret, a ConfigMap and a Namespace", () => {
    accepts(
      secret({
        type: "kubernetes.io/basic-auth",
        stringData: { username: "orders" },
        data: { password: "cHc=" },
      }),
    );
    accepts({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "queries.yaml": "a: 1" },
      immutable: true,
    });
    accepts({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "orders", labels: { team: "orders" } },
    });
  });

  it("takes a manifest of a kind without namespaces", () => {
    const images = [{ major: 17, image: "ghcr.io/cloudnative-pg/postgresql:17.6" }];
    accepts(cnpg("ClusterImageCatalog", { images }, { metadata: { name: "trixie" } }));
  });

  it("reads a null field and an undefined field as left out", () => {
    accepts(cluster({ storage: null, imageName: undefined }));
    refuses(
      objectStore({ destinationPath: null }),
      "spec.configuration.destinationPath: required, and missing",
    );
  });

  it("forgives a missing required field that the API server fills in", () => {
    accepts(cnpg("Cluster", { storage: { size: "1Gi" } }));
  });

  it("takes an integer and a string where either will do", () => {
    const ports = (targetPort: unknown): Fields =>
      cluster({
        managed: {
          services: {
            additional: [
              { selectorType: "rw", serviceTemplate: { spec: { ports: [{ port: 5432, targetPort }] } } },
            ],
          },
        },
      });
    accepts(ports(5432));
    accepts(ports("postgres"));
    const at = "spec.managed.services.additional[0].serviceTemplate.spec.ports[0].targetPort";
    refuses(ports(1.5), `${at}: must be integer or string, is 1.5`);
  });
});

describe("validateManifest refuses", () => {
  it("fields that the schema doesn't know, at every depth", () => {
    refuses(cluster({ storage: { sizee: "1Gi" } }), "spec.storage.sizee: unknown field; did you mean size?");
    refuses(
      cluster({ plugins: [{ name: "a", Enabled: true }] }),
      "spec.plugins[0].Enabled: unknown field; did you mean enabled?",
    );
    refuses({ ...cluster(), spek: {} }, "spek: unknown field; did you mean spec?");
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { terms: [] } } };
    const at = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    refuses(
      cluster({ affinity }),
      `${at}.nodeSelectorTerms: required, and missing`,
      `${at}.terms: unknown field`,
    );
  });

  it("a name that every object inherits, as an unknown field", () => {
    refuses(cluster({ toString: "x" }), "spec.toString: unknown field");
  });

  it("values that aren't among the allowed ones", () => {
    refuses(
      objectStore({ wal: { compression: "zip" } }),
      'spec.configuration.wal.compression: must be one of bzip2, gzip, lz4, snappy, xz, zstd, is "zip"',
    );
  });

  it("wrong types, and says what was given", () => {
    refuses(cluster({ instances: "three" }), 'spec.instances: must be integer, is "three"');
    refuses(cluster({ storage: [] }), "spec.storage: must be object, is an array");
    refuses(cluster({ imageName: new Date(0) }), "spec.imageName: must be string, is a Date");
    refuses(cluster({ plugins: [null] }), "spec.plugins[0]: must be object, is null");
  });

  it("missing required fields", () => {
    refuses(
      cnpg("Database", { cluster: {} }),
      "spec.name: required, and missing",
      "spec.owner: required, and missing",
    );
  });

  it("quantities that Kubernetes can't read", () => {
    const at = "spec.resources.limits.memory: must be a Kubernetes quantity such as 500m, 2 or 10Gi";
    refuses(cluster({ resources: { limits: { memory: "8GB" } } }), `${at}, is "8GB"`);
  });

  it("values beyond a pattern, a limit or a format", () => {
    refuses(
      objectStore({}, { retentionPolicy: "30 days" }),
      'spec.retentionPolicy: must match ^[1-9][0-9]*[dwm]$, is "30 days"',
    );
    refuses(cluster({ instances: 0 }), "spec.instances: must be 1 or more, is 0");
    refuses(cluster({ stopDelay: 2 ** 31 }), "spec.stopDelay: must fit 32 bits, is 2147483648");
    for (const validUntil of ["2026-02-30T00:00:00Z", "2026-11-21", "2026-13-01T00:00:00Z"]) {
      refuses(
        cluster({ managed: { roles: [{ name: "a", validUntil }] } }),
        `spec.managed.roles[0].validUntil: must be an RFC 3339 time such as 2026-11-21T03:00:00Z, is "${validUntil}"`,
      );
    }
  });

  it("two items of a map-like list with the same key", () => {
    const extensions = [{ name: "vector" }, { name: "postgis" }, { name: "vector" }];
    refuses(
      cluster({ postgresql: { extensions } }),
      "spec.postgresql.extensions[2]: has the same name as spec.postgresql.extensions[0]",
    );
  });

  it("two ports that are the same once the default protocol is filled in", () => {
    const ports = [{ port: 5432 }, { port: 5432, protocol: "TCP" }];
    const at = "spec.serviceTemplate.spec.ports";
    refuses(
      cnpg("Pooler", { cluster: { name: "a" }, pgbouncer: {}, serviceTemplate: { spec: { ports } } }),
      `${at}[1]: has the same port and protocol as ${at}[0]`,
    );
  });

  it("metadata that Kubernetes wouldn't take", () => {
    const refused = validateManifest({
      ...cluster(),
      metadata: {
        name: "Orders_DB",
        labels: { "a b": "x", tier: "-", level: 3 },
        annotations: { "cnpg.io/hibernation": true },
        uid: "1",
        label: {},
      },
    });
    const paths = refused.map((problem) => problem.replace(/: .*/, ""));
    assert.deepEqual(paths, [
      "metadata.namespace",
      "metadata.name",
      'metadata.labels["a b"]',
      "metadata.labels.tier",
      "metadata.labels.level",
      'metadata.annotations["cnpg.io/hibernation"]',
      "metadata.uid",
      "metadata.label",
    ]);
  });

  it("a namespace where the kind has none, and a status", () => {
    const images = [{ major: 17, image: "a" }];
    refuses(
      cnpg("ClusterImageCatalog", { images }),
      "metadata.namespace: leave it out: a ClusterImageCatalog belongs to no namespace",
    );
    refuses({ ...cluster(), status: {} }, "status: leave it out: the controller writes it");
  });

  it("kinds that there is no schema for, and names those that there are", () => {
    const [problem, ...more] = validateManifest({
      apiVersion: "postgresql.cnpg.io/v2",
      kind: "Cluster",
      metadata,
    });
    assert.deepEqual(more, []);
    assert.match(
      problem ?? "",
      /^kind: there is no schema for postgresql\.cnpg\.io\/v2 Cluster; there are ones for /,
    );
    for (const known of knownKinds()) assert.ok(problem?.includes(known), known);
  });

  it("what isn't a manifest at all", () => {
    refuses(null, "manifest: must be an object with apiVersion and kind, is null");
    refuses([cluster()], "manifest: must be an object with apiVersion and kind, is an array");
    refuses({ kind: "Cluster" }, "apiVersion: required, and must be a string");
    refuses({ apiVersion: "v1" }, "kind: required, and must be a string");
  });

  it("every fault at once", () => {
    assert.equal(validateManifest(cluster({ instances: "x", a: 1, storage: { b: 1, size: 5 } })).length, 4);
  });
});
