import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { Offline, run } from "./offline";
import { cluster, gcp, k8s, object, objectStore, PackRun, scheduledBackup } from "./packRun";

const fiveFields = "0 3 * * *";
const withFiveFields = () => {
  cluster();
  objectStore();
  scheduledBackup(fiveFields);
};
const good = () => {
  cluster();
  objectStore();
  scheduledBackup();
};
const settings = (own: Record<string, unknown>) => ({ "cnpg-settings": own });
const hourly = {
  rule: "cnpg-schedule-six-fields",
  resource: "orders/orders-db-*",
  reason: "Hourly is what we want here.",
};

describe("the policy pack, through the real engine", () => {
  let pack: PackRun;
  beforeEach(() => {
    pack = new PackRun();
  });
  afterEach(() => pack.remove());

  it("has nothing to say of a correct program that uses none of our components, and the engine warns of nothing", async () => {
    const { code, output } = await pack.run("preview", good);
    assert.equal(code, 0, output);
    assert.match(output, /✅ pulumi-cnpg@/);
    assert.doesNotMatch(output, /warning|mandatory|advisory/);
  });

  it("blocks a preview for what is mandatory, with the field, what to write, and where it is documented", async () => {
    const { code, output } = await pack.run("preview", withFiveFields);
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\] \[severity: high\] {2}cnpg-schedule-six-fields .*orders-db-backup/);
    assert.match(output, /spec\.schedule: "0 3 \* \* \*" has five fields.*Write "0 0 3 \* \* \*"/);
    assert.match(output, /Write seconds first/);
    assert.match(output, /https:\/\/cloudnative-pg\.io\//);
  });

  it("blocks an update before the resource is made", async () => {
    const { code, output } = await pack.run("up", withFiveFields);
    assert.notEqual(code, 0, output);
    assert.match(output, /cnpg-schedule-six-fields/);
    assert.deepEqual(
      pack.state().filter(({ type }) => type.endsWith("ScheduledBackup")),
      [],
    );
  });

  it("lets pass what is exempted with a reason, and names exemptions that have ended or are of no use", async () => {
    const { code, output } = await pack.run(
      "preview",
      withFiveFields,
      settings({
        exemptions: [
          hourly,
          { ...hourly, rule: "cnpg-instances" },
          { ...hourly, rule: "cnpg-fsync", expires: "2020-01-31" },
          // Nothing was there before, so nothing is known of it.
          { ...hourly, rule: "cnpg-change-bootstrap" },
        ],
      }),
    );
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /cnpg-schedule-six-fields/);
    assert.match(output, /\[advisory\].*cnpg-exemptions/);
    assert.match(output, /orders\/orders-db-\* from cnpg-instances is of no use/);
    assert.match(output, /from cnpg-fsync ended on 2020-01-31/);
    assert.doesNotMatch(output, /cnpg-change-bootstrap/);
  });

  it("takes an exemption that has ended as none", async () => {
    const ended = { ...hourly, expires: "2020-01-31" };
    const { code, output } = await pack.run("preview", withFiveFields, settings({ exemptions: [ended] }));
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\].*cnpg-schedule-six-fields/);
  });

  it("takes levels from the pack of settings, from the settings of a rule, and from the rule's own entry, the last first", async () => {
    const level = async (config: Record<string, unknown>) => {
      const { code, output } = await pack.run("preview", withFiveFields, config);
      const found = /\[(\w+)\].*cnpg-schedule-six-fields/.exec(output)?.[1] ?? "none";
      assert.equal(code === 0, found !== "mandatory", output);
      return found;
    };
    const rule = "cnpg-schedule-six-fields";
    assert.equal(await level({ [rule]: "advisory" }), "advisory");
    assert.equal(await level({ [rule]: "disabled" }), "none");
    assert.equal(await level({ all: "advisory" }), "advisory");
    assert.equal(await level(settings({ pack: "advisory" })), "advisory");
    assert.equal(await level(settings({ pack: "advisory", rules: { [rule]: "mandatory" } })), "mandatory");
    assert.equal(await level({ ...settings({ pack: "strict" }), [rule]: "advisory" }), "advisory");
  });

  it("asks the rules that only the strict pack has", async () => {
    assert.doesNotMatch((await pack.run("preview", good)).output, /barman-sidecar-resources/);
    const { output } = await pack.run("preview", good, settings({ pack: "strict" }));
    assert.match(output, /\[advisory\].*barman-sidecar-resources/);
  });

  it("takes a rule's parameters from its own entry", async () => {
    const often = () => {
      cluster();
      objectStore();
      scheduledBackup("0 */30 * * * *");
    };
    const rule = "cnpg-schedule-too-frequent";
    assert.match((await pack.run("preview", often)).output, /cnpg-schedule-too-frequent/);
    const { output } = await pack.run("preview", often, { [rule]: { minimumMinutes: 20 } });
    assert.doesNotMatch(output, /cnpg-schedule-too-frequent/);
  });

  it("says everything that is wrong with its configuration at once, and stops even where all is advisory", async () => {
    const { code, output } = await pack.run("preview", withFiveFields, {
      all: "advisory",
      "cnpg-settings": {
        pack: "stric",
        rules: { "cnpg-typo": "advisory" },
        exemptions: [{ rule: "cnpg-fsync", resource: "orders/*", reason: "why" }],
        previous: 3,
      },
      "cnpg-instances": { minimum: "two", maximum: 3 },
      "cnpg-schedule": "advisory",
    });
    assert.notEqual(code, 0, output);
    for (const problem of [
      /cnpg-settings\.pack: "stric"; one of recommended, strict, advisory/,
      /cnpg-settings\.rules\.cnpg-typo: there is no such rule/,
      /cnpg-settings\.exemptions\[0\]\.reason: "why"/,
      /cnpg-settings\.previous: 3/,
      /cnpg-instances\.minimum: "two"; a number/,
      /cnpg-instances\.maximum: unknown/,
      /cnpg-schedule: there is no such policy/,
    ])
      assert.match(output, problem);
    assert.equal(output.match(/\[mandatory\]/g)?.length, 1, output);
    assert.doesNotMatch(output, /cnpg-schedule-six-fields/);
  });

  it("asks no rule when the state to compare with is named and is not there", async () => {
    const { code, output } = await pack.run("preview", () => cluster(), {
      "cnpg-settings": { previous: "befor.json" },
    });
    assert.notEqual(code, 0, output);
    assert.match(
      output,
      /cnpg-settings\.previous: "befor\.json"; there is no such file in .*pulumi stack export/,
    );
  });

  it("is not silenced by what is not known before the update: critical rules stop, others tell, and the rest is judged", async () => {
    const unknown = () => {
      const later = pulumi.unsecret(new RandomPassword("later", { length: 16 }).result);
      cluster();
      objectStore(pulumi.interpolate`s3://${later}/orders-db`);
      scheduledBackup(later);
      cluster("other-db", { imageName: later, postgresql: { parameters: { fsync: "off" } } });
    };
    const { code, output } = await pack.run("preview", unknown);
    assert.notEqual(code, 0, output);
    assert.match(output, /\[advisory\] \[severity: high\] {2}cnpg-schedule-six-fields .*: orders-db-backup/);
    assert.match(output, /can't be judged: spec\.schedule is not known before the update/);
    assert.match(output, /\[mandatory\] \[severity: critical\].*ObjectStore: orders-db-store/);
    assert.match(
      output,
      /can't be judged: spec\.configuration\.destinationPath is not known before the update/,
    );
    assert.match(output, /Compute the value in the program/);
    assert.match(output, /\[mandatory\].*cnpg-fsync .*other-db/);
  });

  it("prints no value that the program marked as secret, wherever it stands", async () => {
    const planted = "0 3 * PLANTED-hunter2 *";
    const secret = () => {
      cluster("orders-db", {
        imageName: pulumi.secret("PLANTED-hunter2"),
        env: [{ name: "TOKEN", value: pulumi.secret("PLANTED-hunter2") }],
        bootstrap: {
          initdb: { database: "orders", postInitSQL: [pulumi.secret("PASSWORD 'PLANTED-hunter2'")] },
        },
        managed: { roles: [{ name: "app", login: true, passwordSecret: { name: "app" } }] },
      });
      objectStore(pulumi.secret("ftp://PLANTED-hunter2/x"));
      scheduledBackup(pulumi.secret(planted));
      new (k8s().core.v1.Secret)("app", {
        metadata: { name: "app", namespace: "orders" },
        stringData: { username: "PLANTED-hunter2-user", password: "PLANTED-hunter2", other: "x" },
      });
    };
    const { code, output } = await pack.run("preview", secret, settings({ pack: "strict" }));
    assert.notEqual(code, 0, output);
    assert.match(output, /spec\.schedule: the value, which is secret, breaks this rule/);
    assert.match(output, /k8s-role-secret-keys/);
    assert.doesNotMatch(output, /PLANTED|hunter2/);
  });

  it("compares an update with the state, and finds what a live Cluster does not follow", async () => {
    assert.equal((await pack.run("up", good)).code, 0);
    const { code, output } = await pack.run("preview", () => {
      cluster("orders-db", { bootstrap: { initdb: { database: "billing", owner: "orders" } } });
      objectStore("s3://acme-backups/elsewhere");
      scheduledBackup();
    });
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\].*cnpg-change-bootstrap/);
    assert.match(output, /spec\.bootstrap\.initdb\.database: was "orders"/);
    assert.match(output, /\[mandatory\] \[severity: critical\] {2}barman-change-destination/);
    const same = await pack.run("preview", good);
    assert.equal(same.code, 0, same.output);
    assert.doesNotMatch(same.output, /mandatory|advisory/);
  });

  it("finds the halves that disagree in a program of plain gcp and Kubernetes resources", async () => {
    const { code, output } = await pack.run("preview", () => {
      new (gcp().storage.Bucket)("backups", {
        name: "acme-backups",
        location: "EU",
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
      });
      cluster();
      scheduledBackup();
      object("barmancloud.cnpg.io/v1", "ObjectStore", "orders-db-store", {
        retentionPolicy: "30d",
        configuration: {
          destinationPath: "gs://acme-backups/orders-db",
          googleCredentials: { gkeEnvironment: true },
        },
      });
    });
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\] \[severity: critical\] {2}halves-workload-identity-member/);
    assert.match(output, /\[mandatory\] \[severity: critical\] {2}halves-bucket-role/);
  });

  it("judges what a ConfigGroup of manifests declares", async () => {
    const { code, output } = await pack.run("preview", () => {
      new (k8s().yaml.ConfigGroup)("manifests", {
        objs: [
          {
            apiVersion: "postgresql.cnpg.io/v1",
            kind: "ScheduledBackup",
            metadata: { name: "nightly", namespace: "orders" },
            spec: { schedule: fiveFields, cluster: { name: "orders-db" } },
          },
        ],
      });
    });
    assert.notEqual(code, 0, output);
    assert.match(output, /cnpg-schedule-six-fields .*orders\/nightly/);
  });
});

describe("npm run check, through the real engine", () => {
  it("ends with 0 where nothing mandatory is broken, with 1 otherwise, and writes neither state nor manifests", async () => {
    const offline = new Offline();
    const check = (...args: string[]) =>
      run(process.execPath, ["--import", "tsx", "offline/check.ts", "--folder", offline.folder, ...args]);
    try {
      const good = await check("--stack", "prod");
      assert.equal(good.code, 0, good.output);
      assert.match(good.output, /Checked prod: nothing that the policies forbid\./);
      assert.match(good.output, /\+ 24 to create/, "the program's resources were there to be judged");
      assert.deepEqual(offline.state("prod"), []);
      assert.deepEqual(
        readdirSync(offline.folder).filter((name) => name.startsWith("prod")),
        [],
      );
      const config = join(offline.folder, "strict.json");
      writeFileSync(config, JSON.stringify({ "cnpg-settings": { pack: "harsh" } }));
      const bad = await check("--stack", "prod", "--policy-config", config);
      assert.equal(bad.code, 1, bad.output);
      assert.match(bad.output, /cnpg-settings\.pack: "harsh"/);
      const missing = await check("--policy-config", join(offline.folder, "none.json"));
      assert.equal(missing.code, 1);
      assert.match(missing.output, /^error: --policy-config \S+none\.json: there is no such file$/m);
    } finally {
      offline.remove();
    }
  });
});
