import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PostgresCluster } from "../../components/index";
import { kindsServed, Looking, ownKinds, withAnswers } from "./looking";

const image = "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie";
const operator = "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1";
const [operatorKind, pluginKind] = ownKinds;

/** A Service that leads to the pods of a Deployment. */
function served(namespace: string, name: string, image: string) {
  const labels = { app: name };
  const service = { metadata: { name, namespace }, spec: { selector: labels } };
  const template = { metadata: { labels }, spec: { containers: [{ image }] } };
  return {
    service,
    deployment: { metadata: { name }, spec: { template }, status: { availableReplicas: 1 } },
  };
}

/** A Kubernetes cluster with an operator, and a plugin in a namespace. */
function clusterWith(version: string, pluginNamespace: string) {
  const found = served("cnpg-system", "cnpg-webhook-service", version);
  const plugin = served(
    pluginNamespace,
    "barman-cloud",
    "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.15.0",
  );
  const rules = [{ apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"] }];
  const clientConfig = { service: { namespace: "cnpg-system", name: "cnpg-webhook-service" } };
  const deployments = (namespace: string) => ({
    items: [
      ...(namespace === "cnpg-system" ? [found.deployment] : []),
      ...(namespace === pluginNamespace ? [plugin.deployment] : []),
    ],
  });
  return {
    ...kindsServed(...ownKinds),
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations": {
      items: [{ webhooks: [{ rules, clientConfig }] }],
    },
    "/api/v1/namespaces/cnpg-system/services/cnpg-webhook-service": found.service,
    "/api/v1/services": { items: [plugin.service] },
    "/apis/apps/v1/namespaces/cnpg-system/deployments": deployments("cnpg-system"),
    [`/apis/apps/v1/namespaces/${pluginNamespace}/deployments`]: deployments(pluginNamespace),
  };
}

describe("A Kubernetes cluster that lacks what the clusters need", function () {
  this.timeout(120_000);

  let looking: Looking;
  beforeEach(() => {
    looking = new Looking(withAnswers);
  });
  afterEach(() => looking.remove());

  async function run(operation: "up" | "preview", answers: object): Promise<number> {
    const kubernetes = { "/version": { gitVersion: "v1.34.1" }, ...answers };
    writeFileSync(join(looking.folder, "answers.json"), JSON.stringify(kubernetes));
    return looking.up(
      "on",
      { image, ...(operation === "up" && { wait: { enabled: false } }) },
      { operation },
    );
  }

  it("is refused in a preview, once", async () => {
    assert.notEqual(await run("preview", kindsServed(pluginKind)), 0);
    const told = looking.output.split(
      "refused, the Kubernetes cluster has no CNPG operator: no kind Cluster of postgresql.cnpg.io",
    );
    // The engine prints an error where it happens and at the end.
    assert.ok(told.length > 1, looking.output);
    assert.match(looking.output, /To do: docs\/platform\.md says how to install it/);
  });

  it("is refused in an update before a bucket, a namespace or a Secret is made", async () => {
    assert.notEqual(await run("up", kindsServed(operatorKind)), 0);
    assert.match(
      looking.output,
      /refused, the Kubernetes cluster has no Barman Cloud plugin: no kind ObjectStore/,
    );
    const made = looking.resources().filter(({ type }) => !/^pulumi(-cnpg)?:/.test(type));
    assert.deepEqual(made, []);
  });

  it("is looked at again for clusters that a program declares later, and that need more", async () => {
    const answers = { "/version": { gitVersion: "v1.34.1" }, ...kindsServed(operatorKind) };
    writeFileSync(join(looking.folder, "answers.json"), JSON.stringify(answers));
    const later = () =>
      void new PostgresCluster("billing-db", {
        profile: "dev",
        namespace: "billing",
        image,
        bucket: "acme-backups",
      });
    const first = { image, backup: { enabled: false } };
    assert.notEqual(await looking.up("on", first, { operation: "preview", later }), 0, looking.output);
    assert.match(looking.output, /refused, the Kubernetes cluster has no Barman Cloud plugin/);
  });

  it("is refused with the plugin elsewhere than the operator, and with an older operator", async () => {
    assert.notEqual(await run("preview", clusterWith(operator, "barman")), 0);
    assert.match(
      looking.output,
      /the Barman Cloud plugin is in barman, and the operator looks for it in its own namespace only, cnpg-system/,
    );
    assert.notEqual(
      await run("preview", clusterWith(operator.replace("1.30.1", "1.29.1"), "cnpg-system")),
      0,
    );
    assert.match(looking.output, /is 1\.29\.1, and the settings are for 1\.30\.0/);
  });

  it("is used where all is there", async () => {
    assert.equal(await run("preview", clusterWith(operator, "cnpg-system")), 0, looking.output);
    assert.doesNotMatch(looking.output, /refused/);
  });
});
