import assert from "node:assert/strict";
import fc from "fast-check";
import { cronJobSchedule } from "../../../components/export/schedule";
import { nextFire, type Parsed, parseCron, parseSchedule } from "../../../components/units";
import { DumpFolder } from "../../../components/units/dumpFolder";
import type { Settings } from "../stacks/badStacks";
import { decided, envOf, jobOf, object, objectsOf } from "./planned";

describe("the schedule of a CronJob", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["0 0 2 * * *", "0 2 * * *"],
    ["0 */15 * * * *", "0,15,30,45 * * * *"],
    ["0 5,6,7 9-17 1 JAN-MAR ?", "5-7 9-17 1 1-3 *"],
    ["0 0 3 ? * MON,TUE", "0 3 * * 1,2"],
    ["0 0 3 1,15 * 0", "0 3 1,15 * 0"],
    ["@daily", "0 0 * * *"],
    ["@weekly", "0 0 * * 0"],
    ["@hourly", "0 * * * *"],
    ["0 0 3 */10 * *", "0 3 1,11,21,31 * *"],
    // Not a star, so either is enough: every day.
    ["0 0 3 1-31 * MON", "0 3 1-31 * 1"],
  ];
  for (const [written, expected] of cases)
    it(`is "${expected}" for "${written}"`, () => {
      assert.deepEqual(cronJobSchedule(written), { ok: true, value: expected });
    });

  it("fires at the same times, whatever is written, or is refused", () => {
    const field = (min: number, max: number) => {
      const number = fc.integer({ min, max });
      return fc.oneof(
        fc.constantFrom("*", "?"),
        number.map(String),
        fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
        fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
        fc.tuple(number, number).map((both) => both.join()),
      );
    };
    const schedule = fc
      .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
      .map((fields) => ["0", ...fields].join(" "));
    fc.assert(
      fc.property(
        schedule,
        fc.date({ min: new Date(0), max: new Date("2060-01-01"), noInvalidDate: true }),
        (text, after) => {
          const five = cronJobSchedule(text);
          if (!five.ok) return;
          // Written without stars with steps, both readers take it for the same.
          assert.doesNotMatch(five.value, /\//);
          assert.deepEqual(
            nextFire(valueIn(parseCron(`0 ${five.value}`)), after),
            nextFire(valueIn(parseSchedule(text)), after),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

function valueIn<T>(parsed: Parsed<T>): T {
  return parsed.ok ? parsed.value : assert.fail(parsed.allowed);
}

describe("an export", () => {
  const nightly = { cluster: { exports: { nightly: { schedule: "0 0 2 * * *" } } } };

  it("dumps as the database's owner, in a job with an account of its own", () => {
    const pod = jobOf(object(decided(nightly), "CronJob")).template.spec;
    assert.equal(pod.serviceAccountName, "orders-db-export");
    const [dump] = pod.initContainers;
    assert(dump !== undefined);
    assert.equal(dump.image, "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie");
    const secrets = dump.env.flatMap((each) =>
      "valueFrom" in each ? [(each.valueFrom as { secretKeyRef: { name: string } }).secretKeyRef.name] : [],
    );
    assert.deepEqual([...new Set(secrets)], ["orders-db-orders-credentials"]);
    assert.deepEqual(dump.args.slice(1), ["nightly"]);
  });

  it("goes to a folder of its cluster and database, outside the backups", () => {
    const [upload] = jobOf(object(decided(nightly), "CronJob")).template.spec.containers;
    assert(upload !== undefined);
    assert.equal(envOf(upload, "DUMP_FOLDER"), "gs://acme-dev-dev-postgres-backups/exports/orders-db/orders");
    assert.equal(
      envOf(upload, "DUMP_REMOTE"),
      "store:acme-dev-dev-postgres-backups/exports/orders-db/orders",
    );
  });

  it("gets what is said of it to pg_dump, each as one argument", () => {
    const once = {
      run: "1",
      compress: "none",
      excludeTables: ['"my table"', "$(x)"],
      excludeTableData: ["audit.*"],
      secret: "reader",
    };
    const [dump] = jobOf(object(decided({ cluster: { exports: { once } } }), "Job")).template.spec
      .initContainers;
    assert.deepEqual(dump?.args.slice(1), [
      "once",
      "--compress=0",
      '--exclude-table="my table"',
      "--exclude-table=$(x)",
      "--exclude-table-data=audit.*",
    ]);
    assert(JSON.stringify(dump?.env).includes('"name":"reader"'));
  });

  it("runs again for another text, and for nothing else", () => {
    const named = (run: string, more: Settings = {}) => {
      const { key, name, once } = object(
        decided({ cluster: { exports: { once: { run, ...more } } } }),
        "Job",
      );
      assert.equal(once, true);
      return `${key} ${name}`;
    };
    assert.equal(named("1"), named("1", { compress: "9" }));
    assert.notEqual(named("1"), named("2"));
  });

  it("keeps room on the node's disk free, or takes a volume that goes with the pod", () => {
    const parts = (more: Settings) => {
      const exports = { once: { run: "1", storage: "5Gi", ...more } };
      const { volumes, initContainers } = jobOf(object(decided({ cluster: { exports } }), "Job")).template
        .spec;
      return [volumes[0], initContainers[0]?.resources.requests["ephemeral-storage"]];
    };
    assert.deepEqual(parts({}), [{ name: "dump", emptyDir: { sizeLimit: "5Gi" } }, "5Gi"]);
    const [volume, request] = parts({ storageClass: "premium-rwo" });
    assert(
      JSON.stringify(volume).includes(
        '"storageClassName":"premium-rwo","resources":{"requests":{"storage":"5Gi"}}',
      ),
    );
    assert.equal(request, undefined);
  });

  it("makes the bucket of the backups, for as long as backups would be kept, where there are none", () => {
    const { bucket } = decided({ cluster: { backup: { enabled: false }, ...nightly.cluster } });
    assert.deepEqual([bucket?.name, bucket?.deleteAgeDays], ["acme-dev-dev-postgres-backups", 16]);
    const elsewhere = { config: { "pulumi-cnpg:exports": { bucket: "acme-dumps" } } };
    const apart = decided({ ...elsewhere, cluster: { backup: { enabled: false }, ...nightly.cluster } });
    assert.equal(apart.bucket, undefined);
    assert.deepEqual(
      apart.identity.grants.map((grant) => grant.bucket),
      ["acme-dumps"],
    );
  });

  it("puts a database whose name is none for a file into a folder with a hash", () => {
    const folder = new DumpFolder("b", "exports/db");
    assert.match(folder.of("a/../b").url, /^gs:\/\/b\/exports\/db\/a-b-[0-9a-f]{6}$/);
    assert.notEqual(folder.of("A").prefix, folder.of("a").prefix);
  });
});

describe("who exports and imports", () => {
  const cluster = {
    exports: { nightly: { schedule: "@daily" } },
    importDump: { from: { bucket: "acme-prod-backups", objectPrefix: "exports/orders-db/orders" } },
  };
  const bucket = "acme-dev-dev-postgres-backups";
  const own = [`exports/orders-db/ of ${bucket}`, "exports/orders-db/orders/ of acme-prod-backups"];
  const expected = {
    shared: {
      accounts: ["cnpg-dev", "cnpg-dev-exports", "cnpg-dev-imports"],
      folders: [`exports/ of ${bucket}`, own[1]],
    },
    perCluster: { accounts: undefined, folders: own },
    direct: { accounts: [], folders: own },
  } as const;
  for (const [identity, { accounts, folders }] of Object.entries(expected)) {
    const plan = () => decided({ backups: { identity, projectNumber: "1" }, cluster });

    it(`may create dumps, or read them, and neither more nor elsewhere, with identity ${identity}`, () => {
      const grants = plan().identity.grants.filter(({ role }) => /objectCreator|objectViewer/.test(role));
      assert.deepEqual(
        grants.map(({ role }) => role),
        ["roles/storage.objectCreator", "roles/storage.objectViewer"],
      );
      assert.deepEqual(
        grants.map((g) => `${/objects\/([^"]+)"/.exec(g.condition?.expression ?? "")?.[1]} of ${g.bucket}`),
        folders,
      );
    });

    it(`is nobody who writes backups, with identity ${identity}`, () => {
      const { identity: decidedIdentity } = plan();
      if (accounts !== undefined)
        assert.deepEqual(
          decidedIdentity.accounts.map(({ id }) => id),
          accounts,
        );
      const holders = new Map<string, Set<string>>();
      for (const { member, role } of decidedIdentity.grants)
        holders.set(member, (holders.get(member) ?? new Set()).add(role));
      assert.equal(holders.size, 3);
      assert.equal(Math.max(...[...holders.values()].map(({ size }) => size)), 2);
    });

    it(`is said by the annotation of accounts that are made here, with identity ${identity}`, () => {
      const made = objectsOf(plan()).filter(({ kind }) => kind === "ServiceAccount");
      assert.deepEqual(
        made.map(({ name }) => name),
        ["orders-db-import", "orders-db-export"],
      );
      const { accounts: all } = plan().identity;
      for (const { name, annotations } of made)
        assert.equal(
          annotations?.["iam.gke.io/gcp-service-account"],
          all.find(({ tenants }) => tenants.some(({ workload }) => workload.cluster === name))?.email,
        );
    });
  }

  it("takes one grant for all exports of an account that is shared", () => {
    const clusters = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`c${i}`, { namespace: `n${i}`, exports: cluster.exports }]),
    );
    const { grants, accounts } = decided({ cluster: { exports: cluster.exports }, clusters }).identity;
    assert.equal(grants.filter(({ role }) => role === "roles/storage.objectCreator").length, 1);
    assert.equal(accounts.find(({ id }) => id === "cnpg-dev-exports")?.tenants.length, 31);
  });

  it("is granted nothing where whoever manages the bucket does that", () => {
    const importDump = { ...cluster.importDump, grant: false };
    const { grants } = decided({ cluster: { importDump } }).identity;
    assert.equal(
      grants.some(({ role }) => role === "roles/storage.objectViewer"),
      false,
    );
  });
});
