import assert from "node:assert/strict";
import { Store } from "../../../lab/stack/store";
import type { Ended } from "../../engine/offline";
import { type Used, useLab } from "../use";
import { LabStack } from "./labStack";
import { bucketIn } from "./s3Bucket";

// Each test begins where the one before ended.
describe("A place where somebody archives already, on a real Kubernetes", function () {
  this.timeout(600_000);
  this.bail(true);
  let used: Used;
  let first: LabStack;
  let second: LabStack;

  before(async function () {
    used = await useLab(this, "node");
    const store = new Store(used.cluster, used.stores);
    first = await LabStack.fresh(used.cluster, store, "place-first");
    second = await LabStack.fresh(used.cluster, store, "place-second");
  });
  after(async () => {
    await second?.remove();
    await first?.remove();
    used?.cluster.close();
  });

  const shared = () => ({
    ...{ bucket: first.bucket, existingBucket: true, deleteAge: "60d", retention: "1d", immediate: false },
    forceDestroy: undefined,
  });
  const listed = async () => (await first.store.list(first.bucket)).sort();
  /** Nothing of a Cluster, and nothing of the look, is left of a stack's update. */
  const nothing = async () => {
    const { cluster, namespace } = second;
    const all = await cluster.kubectl([
      "get",
      "clusters.postgresql.cnpg.io,pods",
      "-n",
      namespace,
      "-o",
      "name",
    ]);
    assert.equal(all.trim(), "");
    const accounts = await cluster.kubectl(["get", "serviceaccounts", "-n", namespace, "-o", "name"]);
    assert.equal(accounts.trim(), "serviceaccount/default");
  };
  const isRefused = ({ code, output }: Ended, url: string) => {
    assert.notEqual(code, 0, output);
    assert.ok(output.includes(`${url} is not empty (`), output);
    assert.match(output, /Nothing was created\. To do: raise the cluster's generation/);
  };

  it("is seen to be empty for the first one, which archives there", async () => {
    first.write({ backup: { prefix: "cnpg/db", immediate: false } });
    const { code, output } = await first.start();
    assert.equal(code, 0, output);
    const accounts = await used.cluster.kubectl(["get", "sa", "db", "-n", first.namespace, "-o", "yaml"]);
    assert.match(accounts, /ownerReferences/, "CNPG has made the account itself");
  });

  it("is refused to a second one, before there is a Cluster whose sidecar would delete by its own retention", async () => {
    const before = await listed();
    assert.ok(
      before.some((name) => name.startsWith("cnpg/db/db-g1/wals/")),
      before.join(),
    );
    second.write({ backup: { prefix: "cnpg/db", immediate: false } }, shared());
    isRefused(await second.start("--no-policies"), `gs://${first.bucket}/cnpg/db/db-g1`);
    await nothing();
    const after = await listed();
    assert.deepEqual(
      before.filter((name) => !after.includes(name)),
      [],
    );
  });

  it("is another one by default, under the name of the environment", async () => {
    // The stack has been made as another environment, but for its Cluster.
    const gone = await second.start("--destroy");
    assert.equal(gone.code, 0, gone.output);
    second.write({}, shared(), undefined, { "pulumi-cnpg:environment": "second" });
    const { code, output } = await second.start("--no-policies");
    assert.equal(code, 0, output);
    assert.ok((await listed()).some((name) => name.startsWith("cnpg/second/db/db-g1/wals/")));
  });

  it("is refused to a stack that was destroyed and is made again, until its generation is another one", async () => {
    const gone = await second.start("--destroy");
    assert.equal(gone.code, 0, gone.output);
    isRefused(await second.start("--no-policies"), `gs://${first.bucket}/cnpg/second/db/db-g1`);
    await nothing();
    second.write({ generation: 2 }, shared(), undefined, { "pulumi-cnpg:environment": "second" });
    const { code, output } = await second.start("--no-policies");
    assert.equal(code, 0, output);
  });
});

describe("A place where somebody archived on an S3-compatible server", function () {
  this.timeout(600_000);
  let used: Used;
  let stack: LabStack;
  const bucket = "place-s3";

  before(async function () {
    used = await useLab(this, "node");
    stack = await LabStack.fresh(used.cluster, new Store(used.cluster, used.stores), "place-s3");
    await bucketIn("s3", used, bucket).create();
  });
  after(async () => {
    await stack?.remove();
    if (used !== undefined) await bucketIn("s3", used, bucket).remove();
    used?.cluster.close();
  });

  it("is refused to a cluster that was taken out of the file and put back", async () => {
    const inS3 = {
      bucket,
      immediate: false,
      forceDestroy: undefined,
      s3: { endpoint: "https://s3.example.com", credentials: { secret: "k" } },
    };
    stack.write({}, inS3);
    const first = await stack.start("--no-policies");
    assert.equal(first.code, 0, first.output);
    const gone = await stack.start("--destroy");
    assert.equal(gone.code, 0, gone.output);
    const again = await stack.start("--no-policies");
    assert.notEqual(again.code, 0, again.output);
    assert.ok(again.output.includes(`s3://${bucket}/cnpg/dev/db/db-g1 is not empty (`), again.output);
  });
});
