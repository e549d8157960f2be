import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { type CertificatesArgs, PostgresCluster, PostgresEnvironment } from "../../components/index";
import { children, clusterArgs, environmentArgs, image, recordValid, spec, types } from "../helpers/samples";

const certificate = "kubernetes:cert-manager.io/v1:Certificate";
const configMap = "kubernetes:core/v1:ConfigMap";
const role = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const binding = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
const job = "kubernetes:batch/v1:Job";
const cronJob = "kubernetes:batch/v1:CronJob";
const declare = (certificates: CertificatesArgs, more: object = {}) =>
  recordValid(() => new PostgresCluster("orders-db", clusterArgs({ certificates, ...more })));
const tls = async (...args: Parameters<typeof declare>) =>
  spec((await declare(...args)).one(types.cluster)).certificates;

const names = (service: string) => [
  service,
  `${service}.orders`,
  `${service}.orders.svc`,
  `${service}.orders.svc.cluster.local`,
];
const services = ["orders-db-rw", "orders-db-ro", "orders-db-r"].flatMap(names);

/** A CA's certificate, from the file that has every setting. */
const pem = (
  load(readFileSync(join(__dirname, "../unit/stacks/everySetting.yaml"), "utf8")) as {
    config: { "pulumi-cnpg:clusters": { reports: { certificates: { applications: { ca: string } } } } };
  }
).config["pulumi-cnpg:clusters"].reports.certificates.applications.ca;

describe("PostgresCluster whose certificates CNPG makes", () => {
  it("says nothing of them without poolers", async () => {
    const recording = await recordValid(() => new PostgresCluster("orders-db", clusterArgs()));
    assert(!("certificates" in spec(recording.one(types.cluster))));
  });

  it("has them made out for its poolers too, but for one that has its own", async () => {
    const poolers = { rw: {}, own: { clientTLSSecret: "own-tls" } };
    assert.deepEqual(await tls({ serverAltDNSNames: ["db.example.com"] }, { poolers }), {
      serverAltDNSNames: [...names("orders-db-pooler-rw"), "db.example.com"],
    });
  });

  it("has them signed by a CA that is given", async () => {
    const given = { server: { caSecret: "company" }, client: { caSecret: "clients" } };
    assert.deepEqual(await tls(given, { poolers: { rw: {} } }), {
      serverCASecret: "company",
      clientCASecret: "clients",
      serverAltDNSNames: names("orders-db-pooler-rw"),
    });
  });
});

describe("PostgresCluster whose certificates somebody else makes", () => {
  it("names the Secrets and declares none", async () => {
    const recording = await declare({
      server: { secret: "orders-tls", caSecret: "orders-tls" },
      client: { secret: "orders-replication", caSecret: "company" },
    });
    assert.deepEqual(spec(recording.one(types.cluster)).certificates, {
      serverTLSSecret: "orders-tls",
      serverCASecret: "orders-tls",
      replicationTLSSecret: "orders-replication",
      clientCASecret: "company",
    });
    assert.deepEqual(recording.all(certificate), []);
  });
});

describe("PostgresCluster whose certificates cert-manager makes", () => {
  const issued: CertificatesArgs = {
    server: { issuer: { name: "company", kind: "ClusterIssuer" } },
    client: { issuer: { name: "orders-clients" }, duration: "336h" },
    serverAltDNSNames: ["db.example.com"],
  };

  it("asks for a server certificate with the names of all Services, the poolers' too", async () => {
    const recording = await declare(issued, { poolers: { rw: {} } });
    assert.deepEqual(spec(recording.one(certificate, "orders-db/certificate/server")), {
      secretName: "orders-db-server-tls",
      secretTemplate: { labels: { "cnpg.io/reload": "true" } },
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["server auth"],
      dnsNames: [...services, ...names("orders-db-pooler-rw"), "db.example.com"],
      issuerRef: { name: "company", kind: "ClusterIssuer", group: "cert-manager.io" },
    });
  });

  it("asks for one for replication and one for PgBouncer, renewed before CNPG would look at them", async () => {
    const recording = await declare(issued, { poolers: { rw: {} } });
    const [replication, pgbouncer] = ["client", "pooler"].map((key) =>
      spec(recording.one(certificate, `orders-db/certificate/${key}`)),
    );
    assert.deepEqual(replication, {
      secretName: "orders-db-client-tls",
      secretTemplate: { labels: { "cnpg.io/reload": "true" } },
      duration: "336h",
      renewBefore: "192h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["client auth"],
      commonName: "streaming_replica",
      issuerRef: { name: "orders-clients", kind: "Issuer", group: "cert-manager.io" },
    });
    assert.deepEqual(pgbouncer, {
      ...replication,
      secretName: "orders-db-pooler",
      commonName: "cnpg_pooler_pgbouncer",
    });
  });

  it("asks for none for PgBouncer where there is none", async () => {
    const recording = await declare(issued);
    assert.deepEqual(
      recording.all(certificate).map(({ name }) => name),
      ["orders-db/certificate/client", "orders-db/certificate/server"],
    );
  });

  it("names the Secrets that cert-manager makes, and has the Cluster wait for them", async () => {
    const recording = await declare(issued, { poolers: { rw: {} } });
    const cluster = recording.one(types.cluster);
    assert.deepEqual(spec(cluster).certificates, {
      serverTLSSecret: "orders-db-server-tls",
      serverCASecret: "orders-db-server-tls",
      replicationTLSSecret: "orders-db-client-tls",
      clientCASecret: "orders-db-client-tls",
    });
    for (const key of ["server", "client", "pooler"])
      assert(cluster.options.dependsOn.includes(`${certificate}::orders-db/certificate/${key}`), key);
    for (const { inputs } of recording.all(certificate))
      assert.deepEqual((inputs.metadata as { annotations: unknown }).annotations, {
        "pulumi.com/waitFor": '["condition=Ready"]',
      });
  });
});

describe("The CA for applications", () => {
  it("is copied by a pod that sees ca.crt alone and may change the ConfigMaps alone", async () => {
    const recording = await declare({ applications: { namespaces: ["shop", "reports"] } });
    assert.deepEqual(
      recording
        .all(role)
        .map(({ inputs }) => [(inputs.metadata as { namespace: string }).namespace, inputs.rules]),
      ["reports", "shop"].map((namespace) => [
        namespace,
        [
          {
            apiGroups: [""],
            resources: ["configmaps"],
            resourceNames: ["orders-db-ca"],
            verbs: ["get", "patch"],
          },
        ],
      ]),
    );
    for (const { inputs } of recording.all(binding))
      assert.deepEqual(inputs.subjects, [
        { kind: "ServiceAccount", name: "orders-db-ca-copy", namespace: "orders" },
      ]);
    const text = JSON.stringify(recording.one(job).inputs);
    assert.match(text, /"secret":\{"items":\[\{"key":"ca.crt","path":"ca.crt"\}\],"name":"orders-db-ca"\}/);
    assert.doesNotMatch(text, /ca\.key/);
    const { template } = spec(recording.one(job)) as { template: unknown };
    const { schedule, jobTemplate } = spec(recording.one(cronJob)) as {
      schedule: string;
      jobTemplate: { spec: { template: unknown } };
    };
    assert.deepEqual(jobTemplate.spec.template, template);
    assert.match(schedule, /^[0-5]?[0-9] \* \* \* \*$/);
  });

  it("is written into ConfigMaps that are there already, and that Pulumi leaves alone from then on", async () => {
    const recording = await declare({ applications: { namespaces: ["shop"] } });
    const target = recording.one(configMap, "orders-db/ca/shop");
    assert(!("data" in target.inputs));
    assert.deepEqual(target.options.ignoreChanges, ["data"]);
    const { dependsOn } = recording.one(job).options;
    for (const urn of [
      `${configMap}::orders-db/ca/shop`,
      `${role}::orders-db/ca/shop`,
      `${types.cluster}::orders-db`,
    ])
      assert(dependsOn.includes(urn), `${urn} of ${dependsOn.join()}`);
    const written = recording.one(configMap, "orders-db/ca").inputs.data as { "kustomization.yaml": string };
    assert.deepEqual(JSON.parse(written["kustomization.yaml"]), {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      generatorOptions: { disableNameSuffixHash: true },
      configMapGenerator: [{ name: "orders-db-ca", namespace: "shop", files: ["ca.crt"] }],
    });
  });

  it("is copied from the Secret that has it, whoever makes that", async () => {
    const applications = { namespaces: ["shop"] };
    for (const [server, secret] of [
      [{ secret: "orders-tls", caSecret: "company" }, "company"],
      [{ issuer: { name: "company" } }, "orders-db-server-tls"],
    ] as const) {
      const recording = await declare({ server, applications });
      assert.match(
        JSON.stringify(recording.one(job).inputs),
        new RegExp(`"secret":\\{[^{}]*\\{[^{}]*\\}\\],"name":"${secret}"`),
      );
    }
  });

  it("is written at once where it is known, and nothing runs for it", async () => {
    const recording = await declare({
      server: { secret: "orders-tls", caSecret: "orders-tls" },
      applications: { namespaces: ["shop"], ca: `Acme's own\n${pem}` },
    });
    assert.deepEqual(recording.one(configMap).inputs.data, { "ca.crt": pem });
    const kinds = children(recording).filter((child) => /batch|rbac|ServiceAccount /.test(child));
    assert.deepEqual(kinds, []);
  });

  it("waits for the namespace of another cluster of the same environment", async () => {
    const orders = { namespace: "orders", image, databases: { orders: {} } };
    const args = environmentArgs({
      "orders-db": { ...orders, certificates: { applications: { namespaces: ["shop", "elsewhere"] } } },
      "shop-db": { ...orders, namespace: "shop" },
    });
    const recording = await recordValid(() => new PostgresEnvironment("dev", args));
    const { dependsOn } = recording.one(types.cluster, "dev/orders-db").options;
    assert(dependsOn.includes(`${types.namespace}::dev/shop`), dependsOn.join());
    assert(dependsOn.includes(`${types.namespace}::dev/orders`), dependsOn.join());
  });
});
