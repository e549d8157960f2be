import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clusterIn, Offline } from "../offline";

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
    assert.match(output, /spec\.bootstrap\.recovery\.recoveryTarget: got .*2026-11-22.*, expected/);
    assert.match(output, /raise the cluster's generation/);
  });

  it("keeps its life when the place of its source is written in full, which another generation of that doesn't change", async () => {
    const { code, output } = await start((settings) => {
      const { target } = cloneOf(settings);
      Object.assign(clusterIn(settings, "orders-db"), {
        image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
        databases: { orders: { owner: "orders" } },
        recoverFrom: {
          bucket: "acme-prod-postgres-backups",
          objectPrefix: "cnpg/orders-db",
          serverName: "orders-db-g1",
          postgresMajor: 17,
          target,
        },
      });
    });
    assert.equal(code, 0, output);
    assert.match(output, /Nothing changed/);
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
      /recoverFrom\.stack: got "acme\/pulumi-cnpg\/nowhere", expected a stack that can be read/,
    );
    assert.match(output, /or bucket, serverName and postgresMajor of the source in its place/);
  });
});

describe("a clone that may begin empty, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  const start = (stack: string, more: object = {}, ...args: string[]) => {
    const file = offline.stackFile("dev-clone", (settings) => {
      Object.assign(clusterIn(settings, "orders-db"), {
        image: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
        databases: { orders: { owner: "orders" } },
        ...more,
      });
      Object.assign(cloneOf(settings), { stack, ifUnavailable: "initdb" });
    });
    return offline.start(["--stack", "dev-clone", "--stack-file", file, ...args]);
  };
  const nowhere = "acme/pulumi-cnpg/nowhere";
  const prod = "acme/pulumi-cnpg/prod";
  const methods = () => {
    const [cluster] = offline.state("dev-clone").filter(({ type }) => type.endsWith("v1:Cluster"));
    return Object.keys((cluster?.inputs?.spec as { bootstrap?: object } | undefined)?.bootstrap ?? {});
  };

  it("says so at preview, and does so with a warning", async () => {
    const preview = await start(nowhere, {}, "--preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /nowhere can't be read .*THE CLUSTER BEGINS EMPTY/s);
    const { code, output } = await start(nowhere);
    assert.equal(code, 0, output);
    assert.match(output, /THE CLUSTER BEGINS EMPTY/);
    assert.deepEqual(methods(), ["initdb"]);
  });

  it("stays as it began when its source comes, and is told how to become a copy", async () => {
    const { code, output } = await start(prod);
    assert.equal(code, 0, output);
    assert.match(output, /began by initdb and stays as it is; for a copy of .* raise its generation/);
    assert.match(output, /Nothing changed/);
  });

  it("is a copy with the next generation, and never empty again: without its source the update is refused", async () => {
    const { code, output } = await start(prod, { generation: 2 });
    assert.equal(code, 0, output);
    assert.deepEqual(methods(), ["recovery"]);
    const gone = await start(nowhere, { generation: 2 });
    assert.notEqual(gone.code, 0, gone.output);
    assert.match(gone.output, /recoverFrom\.stack: got "acme\/pulumi-cnpg\/nowhere"/);
    assert.deepEqual(methods(), ["recovery"]);
  });
});

describe("a masked clone with a time to live, through the real engine", () => {
  const offline = new Offline();
  after(() => offline.remove());

  it("is declared, clean under the policies, with its Secret after the Job, and changes nothing the second time", async () => {
    const file = offline.stackFile("dev-clone", (settings) => {
      Object.assign(clusterIn(settings, "orders-db"), {
        timeToLive: "3d",
        masking: { orders: { sql: ["UPDATE customers SET email = 'x'"] } },
      });
    });
    const start = () => offline.start(["--stack", "dev-clone", "--stack-file", file]);
    const { code, output } = await start();
    assert.equal(code, 0, output);
    assert.match(output, /kubectl logs -n orders job\/orders-db-masking-/);
    assert.match(output, /its Cluster and all its data are deleted 3d after it is made/);
    const secret = offline
      .state("dev-clone")
      .find(({ urn }) => urn.endsWith("v1:Secret::dev-clone/orders-db/orders"));
    assert.match(
      JSON.stringify(secret?.dependencies),
      /batch\/v1:Job::dev-clone\/orders-db\/masking\/orders/,
    );
    assert.match((await start()).output, /Nothing changed/);
  });

  it("renders what waits for the masking apart from what can be applied at once, in a preview too, and says what to wait for", async () => {
    const file = offline.stackFile("dev-clone", (settings) => {
      Object.assign(clusterIn(settings, "orders-db"), {
        masking: { orders: { sql: ["UPDATE customers SET email = 'x'"] } },
        databases: { orders: { owner: "orders", applications: [{ namespace: "shop" }] } },
        roles: { report: { grants: { orders: { connect: true } } } },
        publications: { all: { database: "orders", allTables: true } },
        exports: { nightly: { database: "orders", schedule: "0 0 2 * * *" } },
      });
    });
    for (const preview of [[], ["--preview"]]) {
      const { code, output } = await offline.start([
        "--stack",
        "dev-clone",
        "--stack-file",
        file,
        "--no-policies",
        ...preview,
      ]);
      assert.equal(code, 0, output);
      assert.match(
        output,
        /kubectl wait -n orders --for=condition=Complete --timeout=1h job\/orders-db-masking-/,
      );
      const place = join(offline.folder, preview.length > 0 ? "dev-clone-preview" : "dev-clone");
      const [now, later] = ["manifests", "after-masking"].map((folder) => readdirSync(join(place, folder)));
      const named = (files: string[] = []) =>
        files.map((each) => each.replace(/-[0-9a-f]{8,}\./, ".")).sort();
      const kinds = (files: string[] = []) => new Set(files.map((each) => each.split(".").at(-2)));
      assert.deepEqual(
        named(now).filter((each) => each.endsWith(".secret.yaml")),
        [
          "10-orders-orders-db-orders-credentials-internal.secret.yaml",
          "10-orders-orders-db-report-credentials-internal.secret.yaml",
        ],
      );
      for (const kind of ["secret", "scheduledbackup", "publication", "job", "cronjob"])
        assert.ok(kinds(later).has(kind), `${kind} in ${later}`);
      for (const kind of ["scheduledbackup", "publication", "cronjob"])
        assert.ok(!kinds(now).has(kind), `${kind} in ${now}`);
      assert.ok(now?.some((each) => /masking.*\.job\.yaml$/.test(each)));
    }
  });

  it("has no such folder where nothing is masked", async () => {
    assert.equal((await offline.start(["--stack", "dev"])).code, 0);
    assert.ok(!existsSync(join(offline.folder, "dev", "after-masking")));
  });
});
