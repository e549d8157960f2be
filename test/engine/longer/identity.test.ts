import assert from "node:assert/strict";
import { clusterIn, Offline, type StateResource, touched } from "../offline";

type Settings = { [key: string]: unknown };

const orders = (settings: Settings) => clusterIn(settings, "orders-db");
const metadataOf = (resource: StateResource | undefined) =>
  resource?.inputs?.metadata as { name: string; namespace?: string };
const backupsOf = (settings: Settings) => {
  settings["pulumi-cnpg:backups"] ??= {};
  return settings["pulumi-cnpg:backups"] as Settings;
};

/** The same cluster under another key, with these settings over its own. */
const rekeyed = (key: string, more: Settings) => (settings: Settings) => {
  settings["pulumi-cnpg:clusters"] = { [key]: { ...orders(settings), ...more } };
};

const postgres18 = "ghcr.io/cloudnative-pg/postgresql:18.1-standard-trixie";

// docs/operations.md has this as a table.
describe("what makes a stack's objects who they are, through the real engine", () => {
  const offline = new Offline();
  const made = {
    poolers: { rw: {} },
    exports: { nightly: { schedule: "0 0 2 * * *", database: "orders" } },
    databases: { orders: { owner: "orders" }, reports: { owner: "reports" } },
    initdb: { database: "orders" },
    roles: { reader: { applications: [{ namespace: "shop" }] } },
  };
  const start = (change: (settings: Settings) => void, ...more: string[]) => {
    const file = offline.stackFile("dev", (settings) => {
      Object.assign(orders(settings), structuredClone(made));
      change(settings);
    });
    return offline.start(["--stack-file", file, "--no-policies", ...more]);
  };
  before(async () => {
    const { code, output } = await start(() => {});
    assert.equal(code, 0, output);
  });
  after(() => offline.remove());

  const refused: readonly (readonly [string, (settings: Settings) => void, RegExp])[] = [
    [
      "a cluster's key, with the same name",
      rekeyed("orders", { name: "orders-db" }),
      /clusters\.orders: got "orders", expected orders-db, the key/,
    ],
    [
      "a cluster's name",
      (settings) => Object.assign(orders(settings), { name: "shop" }),
      /clusters\.orders-db\.name: got "shop", expected orders-db/,
    ],
    [
      "a cluster's namespace",
      (settings) => Object.assign(orders(settings), { namespace: "shop" }),
      /clusters\.orders-db\.namespace: got "shop", expected orders/,
    ],
    [
      "the environment",
      (settings) => Object.assign(settings, { "pulumi-cnpg:environment": "stage" }),
      /environment: got "stage", expected dev/,
    ],
    [
      "the project",
      (settings) => Object.assign(settings, { "gcp:project": "acme-other" }),
      /gcp:project: got "acme-other", expected acme-dev/,
    ],
    [
      "the bucket",
      (settings) => Object.assign(backupsOf(settings), { bucket: "acme-other" }),
      /backups\.bucket: got "acme-other", expected acme-dev-dev-postgres-backups/,
    ],
    [
      "who owns the bucket",
      (settings) =>
        Object.assign(backupsOf(settings), {
          bucket: "acme-dev-dev-postgres-backups",
          existingBucket: true,
          deleteAge: "60d",
        }),
      /backups\.bucket: is missing, expected acme-dev-dev-postgres-backups, which the stack made/,
    ],
    [
      "the region, which the bucket follows",
      (settings) => Object.assign(settings, { "gcp:region": "europe-west4" }),
      /backups\.location: got "EUROPE-WEST4", expected EUROPE-WEST1/,
    ],
    [
      "the bucket's location",
      (settings) => Object.assign(backupsOf(settings), { location: "EU" }),
      /backups\.location: got "EU", expected EUROPE-WEST1/,
    ],
    [
      "the folder of archives",
      (settings) => Object.assign(backupsOf(settings), { prefix: "pg" }),
      /destinationPath.*expected.*To leave it there: backup\.prefix: cnpg\/orders-db/,
    ],
    [
      "the first database",
      (settings) => Object.assign(orders(settings), { initdb: { database: "reports" } }),
      /spec\.bootstrap\.initdb\.database: got "reports", expected "orders"/,
    ],
    [
      "the major version of Postgres, unannounced",
      (settings) => Object.assign(orders(settings), { image: postgres18 }),
      /spec\.imageName: got .*. Postgres 17, or upgrade: \{ fromMajor: 17 \}/,
    ],
    [
      "a database's owner",
      (settings) =>
        Object.assign(orders(settings), {
          databases: { orders: { owner: "orders" }, reports: { owner: "orders" } },
        }),
      /spec\.owner: got "orders", expected "reports"/,
    ],
  ];
  for (const [what, change, says] of refused)
    it(`refuses to change ${what}, and deletes nothing`, async () => {
      const before = touched(offline.state("dev"));
      const { code, output } = await start(change, "--preview");
      assert.notEqual(code, 0, output);
      assert.match(output, says);
      assert.doesNotMatch(output, /replaced|to delete/);
      assert.deepEqual(touched(offline.state("dev")), before);
    });

  /** What an update makes and deletes, as `<Kind> <name in Kubernetes>`. */
  async function moves(change: (settings: Settings) => void): Promise<{ made: string[]; gone: string[] }> {
    const named = () =>
      offline
        .state("dev")
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map((resource) => {
          const { name, namespace } = metadataOf(resource);
          return `${resource.type.split(":").at(-1)} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
        });
    const before = named();
    const { code, output } = await start(change);
    assert.equal(code, 0, output);
    const after = named();
    const back = await start(() => {});
    assert.equal(back.code, 0, back.output);
    return {
      made: after.filter((each) => !before.includes(each)).sort(),
      gone: before.filter((each) => !after.includes(each)).sort(),
    };
  }

  it("makes another pooler of one under another name, which holds no data", async () => {
    const { made: fresh, gone } = await moves((settings) => {
      orders(settings).poolers = { main: { type: "rw" } };
    });
    assert.deepEqual(
      [fresh, gone],
      [["Pooler orders/orders-db-pooler-main"], ["Pooler orders/orders-db-pooler-rw"]],
    );
  });

  it("makes another schedule of an export under another name, and leaves the dumps", async () => {
    const { made: fresh, gone } = await moves((settings) => {
      orders(settings).exports = { daily: { schedule: "0 0 2 * * *", database: "orders" } };
    });
    assert.ok(
      fresh.some((each) => /^CronJob .*daily/.test(each)),
      fresh.join(),
    );
    assert.ok(
      gone.every((each) => !/Cluster|ObjectStore|Namespace|Database /.test(each)),
      gone.join(),
    );
  });

  it("makes another database of one under another name, and leaves the former one in Postgres", async () => {
    const database = offline.state("dev").find(({ urn }) => urn.endsWith("::dev/orders-db/reports"));
    assert.doesNotMatch(JSON.stringify(database?.inputs), /"databaseReclaimPolicy":"delete"/);
    const { made: fresh, gone } = await moves((settings) => {
      orders(settings).databases = { orders: { owner: "orders" }, figures: { owner: "reports" } };
    });
    assert.ok(fresh.includes("Database orders/orders-db-figures"), fresh.join());
    assert.ok(gone.includes("Database orders/orders-db-reports"), gone.join());
  });

  it("makes another role of one under another name, and leaves the former one in Postgres", async () => {
    const { made: fresh, gone } = await moves((settings) => {
      orders(settings).roles = { viewer: { applications: [{ namespace: "shop" }] } };
    });
    assert.ok(
      fresh.some((each) => /viewer/.test(each)),
      fresh.join(),
    );
    assert.ok(
      gone.every((each) => !/Cluster|ObjectStore|Namespace|Database /.test(each)),
      gone.join(),
    );
  });

  it("moves an application's Secret with the namespace, and nothing else", async () => {
    const { made: fresh, gone } = await moves((settings) => {
      orders(settings).roles = { reader: { applications: [{ namespace: "store" }] } };
    });
    assert.deepEqual(
      [fresh, gone].map((each) => each.map((text) => text.replace(/ (shop|store)\//, " _/"))),
      [fresh, fresh].map((each) => each.map((text) => text.replace(/ (shop|store)\//, " _/"))),
    );
    assert.ok(fresh.length > 0 && fresh.every((each) => each.startsWith("Secret store/")), fresh.join());
  });

  for (const [how, settings, server] of [
    ["upgrade", { upgrade: { fromMajor: 17 } }, "orders-db-g1-pg18"],
    ["backup.serverName", { backup: { serverName: "orders-db-pg18" } }, "orders-db-pg18"],
  ] as const)
    it(`upgrades Postgres with ${how} in place, in the same folder under another server name`, async () => {
      const own = new Offline();
      try {
        const run = (more: Settings) => {
          const file = own.stackFile("dev", (all) => Object.assign(orders(all), more));
          return own.start(["--stack-file", file, "--no-policies"]);
        };
        const created = await run({});
        assert.equal(created.code, 0, created.output);
        const before = own.state("dev").map(({ urn }) => urn);
        const { code, output } = await run({ image: postgres18, ...settings });
        assert.equal(code, 0, output);
        assert.doesNotMatch(output, /replaced|deleted/);
        const state = own.state("dev");
        assert.deepEqual(
          before.filter((urn) => !state.some((resource) => resource.urn === urn)),
          [],
        );
        const cluster = state.find(({ type }) => type.endsWith("v1:Cluster"));
        assert.ok(JSON.stringify(cluster?.inputs).includes(`"serverName":"${server}"`));
        const backups = state.filter(({ type }) => type.endsWith("v1:Backup")).map(metadataOf);
        assert.deepEqual(
          backups.map(({ name }) => name),
          how === "upgrade" ? ["orders-db-pg18"] : [],
        );
        const again = await run({ image: postgres18, ...settings });
        assert.equal(again.code, 0, again.output);
      } finally {
        own.remove();
      }
    });

  it("replaces a Cluster in another namespace on purpose, with a new generation and an archive of its own", async () => {
    const { code, output } = await start((settings) => {
      Object.assign(orders(settings), { namespace: "moved", generation: 2, exports: {} });
    });
    assert.equal(code, 0, output);
    const cluster = offline.state("dev").find(({ type }) => type.endsWith("v1:Cluster"));
    assert.equal(metadataOf(cluster).namespace, "moved");
    assert.match(JSON.stringify(cluster?.inputs), /"serverName":"orders-db-g2"/);
  });
});
