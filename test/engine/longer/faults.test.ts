import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterIn, Offline, root } from "../offline";

describe("faults, through the real engine", () => {
  let offline: Offline;
  beforeEach(() => {
    offline = new Offline();
  });
  afterEach(() => offline.remove());

  it("names every problem of a bad stack file, exits with 1 and registers nothing", async () => {
    const file = offline.stackFile("dev", (settings) => {
      Object.assign(clusterIn(settings, "orders-db"), {
        image: "postgres:latest",
        instances: "two",
        backup: { schedule: "0 3 * * *" },
      });
      delete settings["gcp:region"];
    });
    const { code, output } = await offline.start(["--stack-file", file]);
    assert.equal(code, 1);
    assert.match(output, /^error: stack dev: 4 problems, nothing was registered$/m);
    for (const path of [
      "gcp:region",
      "clusters.orders-db.image",
      "clusters.orders-db.instances",
      "clusters.orders-db.backup.schedule",
    ]) {
      assert.match(output, new RegExp(`^ {2}${path.replaceAll(".", "\\.")}: `, "m"));
    }
    assert.deepEqual(offline.state("dev"), []);
  });

  it("names the stacks there are when asked for one that there is not", async () => {
    const { code, output } = await offline.start(["--stack", "staging"]);
    assert.equal(code, 1);
    assert.match(
      output,
      /Pulumi\.staging\.yaml: there is no such file\. Stacks in stacks\/: dev-clone, dev, platform, prod, s3\./,
    );
  });

  it("says where in the file YAML could not be read", async () => {
    const file = join(offline.folder, "Pulumi.dev.yaml");
    writeFileSync(file, "config:\n  gcp:project: a\n   wrong: [\n");
    const { code, output } = await offline.start(["--stack-file", file]);
    assert.equal(code, 1);
    assert.match(output, /Pulumi\.dev\.yaml: can't be read: .*\(3:/s);
  });

  it("prints its help for an option that it does not have", async () => {
    const { code, output } = await offline.start(["--stak", "prod"]);
    assert.equal(code, 1);
    assert.match(output, /Unknown option '--stak'/);
    assert.match(output, /--stack NAME/);
  });

  it("converges when run again after the engine and the program were killed half-way", async () => {
    const file = offline.stackFile("dev", (settings) => {
      const one = clusterIn(settings, "orders-db");
      settings["pulumi-cnpg:clusters"] = Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`db-${i}`, { ...one, namespace: `ns-${i}` }]),
      );
    });
    await killHalfWay(offline.folder, file);
    assert.ok(!existsSync(join(offline.folder, "dev")), "a killed run leaves no results behind");

    const { code, output } = await offline.start(["--stack-file", file]);
    assert.equal(code, 0, output);
    assert.equal(offline.state("dev").filter((r) => r.type.endsWith("v1:Cluster")).length, 20);
    assert.equal(readdirSync(join(offline.folder, "dev", "manifests")).length, 120);
    const again = await offline.start(["--stack-file", file]);
    assert.match(again.output, /Nothing changed/);
  });

  it("keeps out of the way of a run that is still at work on the stack", async () => {
    assert.equal((await offline.start([])).code, 0);
    const locks = join(offline.folder, "state", ".pulumi", "locks", "organization", "pulumi-cnpg", "dev");
    mkdirSync(locks, { recursive: true });
    // A process of that name is an engine at work, as far as anybody can tell.
    const engine = join(offline.folder, "pulumi");
    copyFileSync("/bin/sleep", engine);
    const atWork = spawn(engine, ["60"], { stdio: "ignore" });
    writeFileSync(
      join(locks, "3f0c7d0e.json"),
      JSON.stringify({
        pid: atWork.pid,
        username: "somebody",
        hostname: "here",
        timestamp: new Date().toISOString(),
      }),
    );
    const { code, output } = await offline.start([]);
    assert.notEqual(code, 0);
    assert.match(output, /currently locked/);
    await new Promise((resolve) => atWork.once("close", resolve) && atWork.kill("SIGKILL"));
    assert.equal((await offline.start([])).code, 0, "the lock of a process that is gone is taken away");
  });

  it("waits for new IAM grants before it creates a Cluster, and says so", async () => {
    const { code, output } = await offline.start([], { PULUMI_CNPG_IAM_PROPAGATION_WAIT: "3s" });
    assert.equal(code, 0, output);
    assert.match(output, /dev\/orders-db: waiting [123] s more for new IAM grants to take effect/);
    const granted = Math.max(...created(offline, "IAMMember"));
    const [cluster = 0] = created(offline, "v1:Cluster");
    assert.ok(cluster - granted >= 3000, `the Cluster came ${cluster - granted} ms after the last grant`);
  });
});

function created(offline: Offline, type: string): number[] {
  return offline
    .state("dev")
    .filter((r) => r.type.endsWith(type))
    .map((r) => Date.parse((r as unknown as { created: string }).created));
}

/** Kills program and engine as soon as the first Cluster is there, as a lost machine would. */
async function killHalfWay(folder: string, file: string): Promise<void> {
  const args = ["--import", "tsx", "offline/start.ts", "--folder", folder, "--stack-file", file];
  // A process group of its own, so that the engine goes with it.
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("v1:Cluster dev/db-") && child.pid !== undefined)
        process.kill(-child.pid, "SIGKILL");
    });
    child.once("close", () => resolve());
  });
  assert.equal(child.signalCode, "SIGKILL");
}
