import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { Offline } from "./offline";

describe("A stack that installs the platform", function () {
  this.timeout(180_000);

  let offline: Offline;
  beforeEach(() => {
    offline = new Offline();
  });
  afterEach(() => offline.remove());

  const kinds = (stack: string) =>
    offline
      .state(stack)
      .flatMap(({ type }) => (type.startsWith("kubernetes:") ? [type.split(":").at(-1)] : []));

  it("is one that the policies take, and that a second run does not change", async () => {
    const first = await offline.start(["--stack", "platform"]);
    assert.equal(first.code, 0, first.output);
    assert.equal(kinds("platform").filter((kind) => kind === "CustomResourceDefinition").length, 12);
    assert.doesNotMatch(first.output, /advisory|mandatory|The two halves agree/);
    const second = await offline.start(["--stack", "platform"]);
    assert.match(second.output, /Nothing changed/);
  });

  it("may have clusters, which come after it", async () => {
    const file = join(offline.folder, "Pulumi.both.yaml");
    const config = {
      "gcp:project": "acme-dev",
      "gcp:region": "europe-west1",
      "pulumi-cnpg:profile": "dev",
      "pulumi-cnpg:platform": { plugin: {} },
      "pulumi-cnpg:clusters": {
        shop: { namespace: "shop", image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie" },
      },
    };
    writeFileSync(file, dump({ config }));
    const { code, output } = await offline.start(["--stack", "both", "--stack-file", file]);
    assert.equal(code, 0, output);
    const namespace = offline.state("both").find(({ urn }) => urn.endsWith("Namespace::both/shop"));
    assert.ok(
      namespace?.dependencies?.some((urn) =>
        urn.includes("Deployment::platform/Deployment/cnpg-controller-manager"),
      ),
      namespace?.dependencies?.join("\n"),
    );
    assert.match(output, /The two halves agree/);
  });

  it("names what is wrong with both at once", async () => {
    const file = join(offline.folder, "Pulumi.both.yaml");
    const config = {
      "gcp:project": "acme-dev",
      "gcp:region": "europe-west1",
      "pulumi-cnpg:profile": "dev",
      "pulumi-cnpg:platform": { operator: { version: "1.29.1", replica: 2 } },
      "pulumi-cnpg:clusters": { shop: { namespace: "shop" } },
    };
    writeFileSync(file, dump({ config }));
    const { code, output } = await offline.start(["--stack", "both", "--stack-file", file]);
    assert.notEqual(code, 0);
    assert.match(output, /platform\.operator\.replica: .* Did you mean replicas\?/);
    assert.match(output, /platform\.operator\.version: got "1\.29\.1", expected one of 1\.30\.0, 1\.30\.1/);
    assert.match(output, /clusters\.shop\.image/);
  });

  it("is not asked for what is about clusters", async () => {
    const { code, output } = await offline.start(["--stack", "platform", "--preview"]);
    assert.equal(code, 0, output);
    const destroyed = await offline.start(["--stack", "platform", "--destroy"]);
    assert.equal(destroyed.code, 0, destroyed.output);
  });
});
