import assert from "node:assert/strict";
import { clusterIn, Offline } from "./offline";

const cloneOf = (settings: { [key: string]: unknown }) =>
  clusterIn(settings, "orders-db").recoverFrom as { [key: string]: unknown };

describe("a clone of prod in dev, through the real engine", () => {
  const offline = new Offline();
  before(async () => {
    const { code, output } = await offline.start(["--stack", "dev-clone"]);
    assert.equal(code, 0, output);
    assert.match(output, /offline: acme\/pulumi-cnpg\/prod is not asked; stacks\/Pulumi\.prod\.yaml/);
    assert.match(output, /✓ read grant ⇄ recovery source +roles\/storage\.objectViewer, this folder only/);
    assert.match(output, /✓ source can't be written to/);
  });
  after(() => offline.remove());

  const start = (change: (settings: { [key: string]: unknown }) => void, ...more: string[]) =>
    offline.start(["--stack", "dev-clone", "--stack-file", offline.stackFile("dev-clone", change), ...more]);

  it("changes nothing when it is brought up again", async () => {
    const { code, output } = await offline.start(["--stack", "dev-clone"]);
    assert.equal(code, 0, output);
    assert.match(output, /Nothing changed/);
  });

  it("refuses another end on the live clone, with the reason and the way out", async () => {
    const { code, output } = await start((settings) => {
      cloneOf(settings).target = { time: "2026-11-22T03:00:00Z" };
    }, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(output, /spec\.bootstrap\.recovery\.recoveryTarget: .*2026-11-22.* is not allowed/);
    assert.match(output, /raise the cluster's generation/);
  });

  it("makes a new clone with a new generation, of another end and another source", async () => {
    const { code, output } = await start((settings) => {
      Object.assign(clusterIn(settings, "orders-db"), { generation: 2 });
      Object.assign(cloneOf(settings), { cluster: "billing-db" });
      delete cloneOf(settings).target;
    });
    assert.equal(code, 0, output);
    const state = offline.state("dev-clone");
    const [cluster] = state.filter(({ type }) => type.endsWith("v1:Cluster"));
    const spec = JSON.stringify(cluster?.inputs?.spec);
    assert.match(spec, /"serverName":"orders-db-g2"/);
    assert.match(spec, /"serverName":"billing-db-g1"/);
    assert.match(spec, /"database":"billing"/);
  });

  it("says what to do when the other stack can't be read", async () => {
    const { code, output } = await start((settings) => {
      cloneOf(settings).stack = "acme/pulumi-cnpg/nowhere";
    }, "--preview");
    assert.notEqual(code, 0, output);
    assert.match(
      output,
      /recoverFrom\.stack: "acme\/pulumi-cnpg\/nowhere" is not allowed: a stack that can be read/,
    );
    assert.match(output, /or bucket, serverName and postgresMajor of the source in its place/);
  });
});
