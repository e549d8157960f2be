import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterIn, Offline, type StateResource, touched } from "../offline";

type Settings = { [key: string]: unknown };

describe("exports, imports and backups on demand, through the real engine", () => {
  const offline = new Offline();
  const own: Settings = {
    exports: { nightly: { schedule: "@daily" }, once: { run: "first" } },
    importDump: { from: { objectPrefix: "exports/old-db/orders" } },
    backup: { manual: { now: {} } },
  };

  /** Updates the stack dev with these settings of its cluster over those from before. */
  async function update(change: Settings = {}, ...args: readonly string[]): Promise<string> {
    Object.assign(own, change);
    const file = offline.stackFile("dev", (settings) => Object.assign(clusterIn(settings, "orders-db"), own));
    const { code, output } = await offline.start(["--stack-file", file, ...args]);
    assert.equal(code, 0, output);
    return output;
  }
  const all = (kind: string) => offline.state("dev").filter(({ type }) => type.endsWith(`:${kind}`));
  const names = (kind: string) => all(kind).map(({ urn }) => urn.split("::").at(-1));
  const spec = (resource: StateResource | undefined) => JSON.stringify(resource?.inputs?.spec);

  before(async () => {
    await update();
  });
  after(() => offline.remove());

  it("tells in a preview all that is known of a cluster whose backup is still to come", async () => {
    const output = await update({ backup: { manual: { now: {}, later: {} } } }, "--preview");
    assert.match(output, /later: \[unknown\]/);
    assert.match(output, /hostRw +: "orders-db-rw\.orders\.svc"/);
    assert.match(output, /nightly: "gs:\/\/\S+\/exports\/orders-db\/orders"/);
    own.backup = { manual: { now: {} } };
  });

  it("is as the policies want it, those of the strict pack too", async () => {
    const config = join(offline.folder, "strict.json");
    writeFileSync(config, JSON.stringify({ "cnpg-settings": { pack: "strict" } }));
    const file = offline.stackFile("prod", (settings) =>
      Object.assign(clusterIn(settings, "orders-db"), own),
    );
    const run = ["--stack", "prod", "--stack-file", file, "--policy-config", config];
    const { code, output } = await offline.start(run);
    assert.equal(code, 0, output);
    assert.match(output, /Policies:\s+✅ pulumi-cnpg@\S+ \([^)]*\)\s+Outputs:/);
  });

  it("does nothing the second time", async () => {
    const before = touched(offline.state("dev"));
    assert.match(await update(), /Nothing changed/);
    assert.deepEqual(touched(offline.state("dev")), before);
  });

  it("neither dumps nor imports again when another image or room is asked for, and the schedule follows", async () => {
    const [jobs, cron] = [all("Job").map(spec), spec(all("CronJob")[0])];
    const exports = {
      nightly: { schedule: "@daily", storage: "5Gi" },
      once: { run: "first", storage: "5Gi" },
    };
    await update({ exports, image: "ghcr.io/cloudnative-pg/postgresql:17.7-standard-trixie" });
    assert.equal(jobs.length, 2);
    assert.deepEqual(all("Job").map(spec), jobs);
    assert.notEqual(spec(all("CronJob")[0]), cron);
  });

  it("dumps again for another text, as things are by then, and not for the same", async () => {
    const exports = { once: { run: "second", storage: "7Gi" } };
    await update({ exports });
    const [job] = all("Job").filter(({ urn }) => urn.includes("/export/"));
    assert.match(job?.urn ?? "", /\/export\/once\/second$/);
    assert.match(spec(job), /"sizeLimit":"7Gi"/);
    assert.match(spec(job), /17\.7-standard-trixie/);
  });

  it("makes a backup anew, and imports anew, with a new generation of the cluster", async () => {
    const before = [...names("Job"), ...all("Backup").map(({ modified }) => modified)];
    await update({ generation: 2 });
    const after = [...names("Job"), ...all("Backup").map(({ modified }) => modified)];
    assert.equal(after.length, before.length);
    assert.equal(after.filter((each) => before.includes(each)).join(), "dev/orders-db/export/once/second");
  });

  it("makes another backup when its target is another, since a Backup can't change", async () => {
    const output = await update({ backup: { manual: { now: { target: "primary" } } } });
    assert.match(output, /Backup dev\/orders-db\/backup\/now replaced|\+-.*backup\/now/);
    assert.match(spec(all("Backup")[0]), /"target":"primary"/);
  });

  it("takes everything of it away again", async () => {
    await update({ exports: {}, importDump: undefined, backup: {} });
    for (const kind of ["Job", "CronJob", "Backup", "ServiceAccount"])
      assert.deepEqual(names(kind), [], kind);
  });
});
