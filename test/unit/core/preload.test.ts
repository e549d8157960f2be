import assert from "node:assert/strict";
import type { ClusterArgs } from "../../../components";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { environmentArgs } from "../../helpers/samples";

const own = (tag: string) => `ghcr.io/cloudnative-pg/postgresql:${tag}`;
const foreign = "registry.acme.io/timescaledb:17.6-2.22.0";

function decide(changes: Partial<ClusterArgs>) {
  const problems = new Problems();
  const cluster = { namespace: "orders", image: own("17.6-standard-trixie"), ...changes };
  const { clusters } = decideEnvironment(problems, "dev", environmentArgs({ db: cluster }));
  return {
    libraries: clusters[0]?.plan.spec.postgresql?.shared_preload_libraries,
    problems: problems.list.map(({ path, value, allowed }) => `${path}: ${value}: ${allowed}`),
  };
}
const withExtensions = (...extensions: string[]) => ({ databases: { orders: { extensions } } });

describe("Libraries that Postgres preloads", () => {
  it("are none where nothing needs one", () => {
    for (const changes of [{}, withExtensions("vector", "pg_trgm"), { sharedPreloadLibraries: [] }])
      assert.deepEqual(decide(changes), { libraries: undefined, problems: [] });
  });

  it("are those that are asked for, and those of extensions, each once", () => {
    const { libraries, problems } = decide({
      image: foreign,
      sharedPreloadLibraries: ["timescaledb", "auto_explain"],
      databases: {
        metrics: { extensions: ["timescaledb", "pg_net", "vector"] },
        more: { extensions: ["pg_net"] },
      },
      initdb: { database: "metrics" },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(libraries, ["timescaledb", "auto_explain", "pg_net"]);
  });

  it("have Citus before all others, behind which it does not let Postgres start", () => {
    const loaded = (sharedPreloadLibraries: string[], ...extensions: string[]) =>
      decide({ image: foreign, sharedPreloadLibraries, ...withExtensions(...extensions) });
    assert.deepEqual(loaded([], "pg_stat_statements", "citus").libraries, ["citus", "pg_stat_statements"]);
    assert.deepEqual(loaded(["pg_stat_statements"], "citus").libraries, ["citus", "pg_stat_statements"]);
    assert.deepEqual(loaded(["citus", "pg_stat_statements"]).problems, []);
    assert.match(
      loaded(["pg_stat_statements", "citus.so"]).problems.join(),
      /^clusters\.db\.sharedPreloadLibraries\[1\]: citus\.so: the first of them: Citus/,
    );
  });

  it("may have their ending and their folder, and are what they are without", () => {
    const { libraries, problems } = decide({
      image: foreign,
      sharedPreloadLibraries: ["timescaledb.so", "$libdir/pg_cron"],
      parameters: { "cron.database_name": "orders" },
      ...withExtensions("timescaledb", "pg_cron"),
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(libraries, ["timescaledb.so", "$libdir/pg_cron"]);
    const once = decide({ image: foreign, sharedPreloadLibraries: ["pg_cron", "pg_cron.so"] });
    assert.match(once.problems.join(), /sharedPreloadLibraries\[1\]: pg_cron\.so: there once/);
    assert.deepEqual(decide({ sharedPreloadLibraries: ["auto_explain.so"] }).problems, []);
  });

  it("come with parameters that are read by them, and not without", () => {
    const parameters = { "cron.database_name": "orders", "pg_stat_statements.max": "1000" };
    assert.match(
      decide({ image: foreign, parameters }).problems.join(),
      /^clusters\.db\.parameters\.cron\.database_name: orders: remove it without pg_cron: .*sharedPreloadLibraries: \[pg_cron\]/,
    );
    for (const right of [{ sharedPreloadLibraries: ["pg_cron"] }, withExtensions("pg_cron")])
      assert.deepEqual(decide({ image: foreign, parameters, ...right }).problems, []);
  });

  it("are in CNPG's own image, or Postgres would not start", () => {
    assert.match(
      decide({ sharedPreloadLibraries: ["pg_cron"] }).problems.join(),
      /sharedPreloadLibraries\[0\]: pg_cron: a library of this image: with one that it lacks Postgres does not start/,
    );
    for (const library of ["auto_explain", "pg_stat_statements", "pgaudit", "pg_failover_slots"])
      assert.deepEqual(decide({ sharedPreloadLibraries: [library] }).problems, []);
    assert.equal(decide({ sharedPreloadLibraries: ["a b", "x", "x"], image: foreign }).problems.length, 2);
  });
});

describe("Extensions of a database", () => {
  it("have pg_cron among them in the one database of its parameter, where alone Postgres creates it", () => {
    const problems = (databases: string[], parameters?: Record<string, string>) =>
      decide({
        image: foreign,
        initdb: { database: databases[0] ?? "" },
        databases: Object.fromEntries(databases.map((name) => [name, { extensions: ["pg_cron"] }])),
        ...(parameters && { parameters }),
      }).problems;
    assert.deepEqual(problems(["orders"], { "Cron.Database_Name": "orders" }).length, 0);
    assert.match(
      problems(["orders"]).join(),
      /^clusters\.db\.databases\.orders\.extensions: pg_cron: remove it in all databases but the one of parameters: \{ cron\.database_name: orders \}, which is postgres now/,
    );
    const [only, ...more] = problems(["orders", "jobs"], { "cron.database_name": "jobs" });
    assert.match(only ?? "", /databases\.orders\.extensions: .*which is jobs now/);
    assert.deepEqual(more, []);
  });

  it("are in CNPG's own image; a near name is offered", () => {
    const refused = (extension: string, image = own("17.6-standard-trixie")) =>
      decide({ image, ...withExtensions(extension) }).problems.join();
    assert.match(
      refused("pgvector"),
      /extensions: pgvector: an extension that this image carries; did you mean vector\?/,
    );
    assert.match(refused("uuid_ossp"), /did you mean uuid-ossp\?/);
    assert.match(
      refused("postgis"),
      /an image of your own, or one such as ghcr\.io\/cloudnative-pg\/postgis/,
    );
    assert.match(refused("pg_cron"), /an extension that this image carries/);
    assert.match(refused("vector", own("17.6-minimal-trixie")), /the minimal one does not carry it/);
    assert.match(refused("adminpack"), /an extension that this image carries/);
    for (const [extension, image] of [
      ["adminpack", own("16.10-standard-bookworm")],
      ["pg_walinspect", own("15.14-minimal-trixie")],
      ["plpython3u", own("17.6-standard-trixie")],
      ["postgis", "ghcr.io/cloudnative-pg/postgis:17.6-3.5-system-trixie"],
      ["postgis", foreign],
      ["postgis", own("17.6")],
      ["constructor", foreign],
    ] as const)
      assert.equal(refused(extension, image), "", extension);
    assert.match(refused("constructor"), /an extension that this image carries/);
  });
});
