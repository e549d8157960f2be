import assert from "node:assert/strict";
import type { PostgresPlatformArgs } from "../../../components/index";
import { decidePlatform } from "../../../components/platform/decide";
import { releasedObjects } from "../../../components/platform/manifests";
import { operatorReleases, operatorVersions, pluginVersions } from "../../../components/platform/releases";
import { Problems } from "../../../components/problems";
import { validateManifest } from "../../../offline/validate";

type Manifest = { [field: string]: unknown; kind: string; metadata: { name: string; namespace?: string } };

function planned(args: PostgresPlatformArgs) {
  const problems = new Problems();
  const plan = decidePlatform(problems, "platform", args);
  assert.deepEqual(problems.list, []);
  return plan;
}

const manifests = (args: PostgresPlatformArgs) =>
  planned(args).resources.map(({ inputs }) => inputs as Manifest);

function one<T>(args: PostgresPlatformArgs, kind: string, name: string): T {
  const found = manifests(args).filter((object) => object.kind === kind && object.metadata.name === name);
  assert.equal(found.length, 1, `${kind} ${name}`);
  return found[0] as T;
}

interface Deployment {
  spec: {
    replicas: number;
    template: {
      metadata: { annotations: Record<string, string> };
      spec: {
        containers: [
          {
            image: string;
            args: string[];
            env: { name: string; value?: string }[];
            resources: object;
          },
        ];
        imagePullSecrets?: object;
        topologySpreadConstraints?: object[];
        nodeSelector?: object;
        tolerations?: object;
      };
    };
  };
}

const operatorOf = (args: PostgresPlatformArgs) =>
  one<Deployment>(args, "Deployment", "cnpg-controller-manager").spec;
const configOf = (args: PostgresPlatformArgs) =>
  one<{ data: Record<string, string> }>(args, "ConfigMap", "cnpg-controller-manager-config").data;

describe("A platform", () => {
  it("is all of the released objects, in the order in which each finds what it needs", () => {
    const { resources } = planned({});
    const keys = resources.map(({ key }) => key);
    const expected = ["operator-1.30.1", "plugin-0.15.0"].flatMap((name) =>
      releasedObjects(name).map(
        ({ kind, metadata }) => `${kind === "Namespace" ? "namespace" : kind}/${metadata.name}`,
      ),
    );
    assert.deepEqual([...keys].sort(), [...expected, "ConfigMap/cnpg-controller-manager-config"].sort());
    for (const { key, dependsOn = [] } of resources)
      for (const earlier of dependsOn)
        assert.ok(keys.indexOf(earlier) < keys.indexOf(key), `${key} after ${earlier}`);
    const needs = (key: string) => resources.find((each) => each.key === key)?.dependsOn ?? [];
    const operator = needs("Deployment/cnpg-controller-manager");
    for (const needed of [
      ...[
        "CustomResourceDefinition/clusters.postgresql.cnpg.io",
        "ClusterRoleBinding/cnpg-manager-rolebinding",
      ],
      // It writes its certificate into them when it starts.
      "MutatingWebhookConfiguration/cnpg-mutating-webhook-configuration",
    ])
      assert.ok(operator.includes(needed), needed);
    // Pulumi's provider waits for a Service's endpoints, which are there with the Deployment.
    assert.ok(!operator.includes("Service/cnpg-webhook-service"));
    assert.ok(needs("Deployment/barman-cloud").includes("Deployment/cnpg-controller-manager"));
    assert.ok(needs("Deployment/barman-cloud").includes("Certificate/barman-cloud-server"));
  });

  it("keeps definitions when they are declared no longer, and protects them in prod: with them all Clusters are deleted", () => {
    for (const profile of ["dev", "prod"] as const) {
      const definitions = planned({ profile }).resources.filter(({ type }) =>
        type.endsWith(":CustomResourceDefinition"),
      );
      assert.equal(definitions.length, 12);
      for (const { life } of definitions) {
        assert.equal(life?.retain, true);
        assert.equal(life?.protect, profile === "prod" ? true : undefined);
      }
    }
  });

  it("pins every image by digest, that of sidecars and of the operator in instances too", () => {
    for (const version of Object.keys(operatorVersions)) {
      const text = JSON.stringify(
        manifests({ operator: { version } }).filter(({ kind }) => kind !== "CustomResourceDefinition"),
      );
      const images = text.match(/ghcr\.io\/[^"\\]+/g) ?? [];
      assert.equal(images.length, 4, images.join());
      for (const image of images) assert.match(image, /:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
      const [{ env }] = operatorOf({ operator: { version } }).template.spec.containers as [
        { env: { name: string; value?: string }[] },
      ];
      assert.equal(
        env.find(({ name }) => name === "OPERATOR_IMAGE_NAME")?.value,
        operatorVersions[version]?.image,
      );
    }
    assert.equal(
      one<{ stringData: { SIDECAR_IMAGE: string } }>({}, "Secret", "plugin-barman-cloud-8tfddg42gf")
        .stringData.SIDECAR_IMAGE,
      pluginVersions["0.15.0"]?.sidecarImage,
    );
  });

  it("has objects that the API server takes, in any namespace", () => {
    const all: PostgresPlatformArgs = {
      profile: "prod",
      namespace: "databases-system",
      pullConfig: '{"auths":{"registry.acme.dev":{}}}',
      storageClasses: { databases: {} },
      imageCatalogs: {
        postgres: {
          images: { "17": `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie@sha256:${"0".repeat(64)}` },
        },
      },
      operator: { placement: { nodeSelector: { pool: "databases" }, tolerations: [{ key: "databases" }] } },
    };
    for (const object of manifests(all)) assert.deepEqual(validateManifest(object), [], object.metadata.name);
    assert.doesNotMatch(JSON.stringify(manifests(all)), /"cnpg-system"/);
    assert.equal(one<Manifest>(all, "Namespace", "databases-system").metadata.name, "databases-system");
    const without = manifests({ createNamespace: false });
    assert.deepEqual(
      without.filter(({ kind }) => kind === "Namespace"),
      [],
    );
  });

  it("has one pod of the operator in dev, and two in prod that a drained node doesn't take away together", () => {
    const dev = operatorOf({});
    assert.equal(dev.replicas, 1);
    assert.equal(dev.template.spec.topologySpreadConstraints, undefined);
    const prod = operatorOf({ profile: "prod" });
    assert.equal(prod.replicas, 2);
    assert.equal(prod.template.spec.topologySpreadConstraints?.length, 1);
    one({ profile: "prod" }, "PodDisruptionBudget", "cnpg-controller-manager");
    // A plugin that does not lead does not listen.
    assert.equal(one<Deployment>({ profile: "prod" }, "Deployment", "barman-cloud").spec.replicas, 1);
    const [{ resources, args }] = dev.template.spec.containers as [{ resources: object; args: string[] }];
    assert.deepEqual(resources, { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } });
    assert.ok(args.includes("--log-level=info"));
  });

  it("tells the operator its settings, and makes its pods anew with them", () => {
    assert.deepEqual(configOf({}), {});
    assert.deepEqual(configOf({ profile: "prod" }), {
      CLUSTERS_ROLLOUT_DELAY: "60",
      INSTANCES_ROLLOUT_DELAY: "30",
    });
    const operator = {
      watchNamespaces: ["orders", "billing"],
      inheritedLabels: ["team", "acme.dev/*"],
      inheritedAnnotations: ["owner"],
      inPlaceUpdates: true,
      rolloutDelays: { clusters: 5 },
      config: { CERTIFICATE_DURATION: "30" },
    };
    assert.deepEqual(configOf({ operator, pullSecret: {} }), {
      WATCH_NAMESPACE: "orders,billing",
      INHERITED_LABELS: "team,acme.dev/*",
      INHERITED_ANNOTATIONS: "owner",
      ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES: "true",
      CLUSTERS_ROLLOUT_DELAY: "5",
      PULL_SECRET_NAME: "registry",
      CERTIFICATE_DURATION: "30",
    });
    const checksum = (args: PostgresPlatformArgs) => operatorOf(args).template.metadata.annotations;
    assert.notDeepEqual(checksum({ operator }), checksum({}));
    assert.deepEqual(checksum({}), checksum({ storageClasses: { x: {} } }));
  });

  it("takes images from mirrors, with its Secret", () => {
    const args: PostgresPlatformArgs = {
      registryMirrors: { "ghcr.io": "europe-docker.pkg.dev/acme/ghcr" },
      pullConfig: '{"auths":{"europe-docker.pkg.dev":{"auth":"c2VjcmV0"}}}',
      imageCatalogs: {
        postgres: { images: { "17": "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie" } },
      },
    };
    const all = manifests(args);
    const text = JSON.stringify(all.filter(({ kind }) => kind !== "CustomResourceDefinition"));
    assert.doesNotMatch(text, /"ghcr\.io/);
    assert.equal(text.match(/"europe-docker\.pkg\.dev\/acme\/ghcr\/cloudnative-pg\//g)?.length, 5);
    const secret = one<Manifest>(args, "Secret", "registry");
    assert.equal(secret.type, "kubernetes.io/dockerconfigjson");
    assert.deepEqual(operatorOf(args).template.spec.imagePullSecrets, [{ name: "registry" }]);
    assert.equal(configOf(args).PULL_SECRET_NAME, "registry");
  });

  it("names all that is wrong at once, with its path, and no secret", () => {
    const problems = new Problems();
    decidePlatform(problems, "platform", {
      profile: "prod",
      namespace: "Databases",
      operator: {
        version: "1.29.1",
        image: "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1",
        replicas: 0,
        watchNamespaces: [],
        inheritedLabels: ["a b"],
        rolloutDelays: { clusters: -1 },
        config: { WATCH_NAMESPACE: "x", OPERATOR_IMAGE_NAME: "y", CLUSTER_ROLLOUT_DELAY: "1" },
        resources: { memory: "1Gi" },
      },
      plugin: { version: "0.12.0" },
      registryMirrors: { "https://ghcr.io": "acme.dev/" },
      imageCatalogs: {
        postgres: {
          images: { "17": `ghcr.io/cloudnative-pg/postgresql:16.9@sha256:${"0".repeat(64)}`, "9": "x" },
        },
      },
      pullConfig: "hunter2",
    });
    const list = problems.list.map(({ path }) => path);
    assert.deepEqual([...new Set(list)].sort(), [
      "platform.imageCatalogs.postgres.images.17",
      "platform.imageCatalogs.postgres.images.9",
      "platform.namespace",
      "platform.operator.config.CLUSTER_ROLLOUT_DELAY",
      "platform.operator.config.OPERATOR_IMAGE_NAME",
      "platform.operator.config.WATCH_NAMESPACE",
      "platform.operator.image",
      "platform.operator.inheritedLabels[0]",
      "platform.operator.replicas",
      "platform.operator.resources.memoryLimit",
      "platform.operator.rolloutDelays.clusters",
      "platform.operator.version",
      "platform.operator.watchNamespaces",
      "platform.plugin.version",
      "platform.pullConfig",
      "platform.registryMirrors.https://ghcr.io",
    ]);
    assert.doesNotMatch(JSON.stringify(problems.list), /hunter2/);
  });

  it("knows of each operator that it installs how long it gets fixes", () => {
    for (const version of Object.keys(operatorVersions))
      assert.ok(operatorReleases[version.split(".").slice(0, 2).join(".")], version);
  });
});
