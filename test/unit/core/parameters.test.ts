import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Check } from "../../../components/check";
import { fixedParameters } from "../../../components/cluster/fixedParameters";
import { majorsOf } from "../../../components/cluster/parameterCatalogue";
import { dangers } from "../../../components/cluster/parameterDangers";
import { decideParameters } from "../../../components/cluster/parameters";
import { Problems } from "../../../components/problems";
import { paths } from "../../helpers/samples";

const GiB = 1n << 30n;

function decide(overrides?: Record<string, string>, server = { major: 17, official: true }) {
  const problems = new Problems();
  const basis = {
    memory: 4n * GiB,
    walVolume: 20n * GiB,
    ownWalVolume: true,
    walSegment: 16n << 20n,
    memoryText: "4Gi",
    server,
  };
  return { ...decideParameters(new Check(problems), overrides, basis), problems: problems.list };
}

describe("Postgres parameters", () => {
  it("are these for 4 GiB of memory and a WAL volume of 20 GiB", () => {
    assert.deepEqual(decide().values, {
      checkpoint_completion_target: "0.9",
      checkpoint_timeout: "15min",
      effective_cache_size: "3GB",
      maintenance_work_mem: "256MB",
      max_connections: "100",
      max_slot_wal_keep_size: "10GB",
      max_wal_size: "5GB",
      min_wal_size: "640MB",
      random_page_cost: "1.1",
      shared_buffers: "1GB",
      wal_buffers: "16MB",
      wal_compression: "on",
      work_mem: "17MB",
    });
  });

  it("come in alphabetical order, whatever order they were written in", () => {
    const names = Object.keys(decide({ zero_damaged_pages: "off", array_nulls: "on" }).values);
    assert.deepEqual(names, [...names].sort());
    assert(names.includes("zero_damaged_pages") && names.includes("array_nulls"));
  });

  it("are refused when CNPG sets them itself, each with the reason", () => {
    assert.equal(fixedParameters.size, 65);
    for (const name of fixedParameters) {
      const { problems } = decide({ [name]: "x" });
      assert.deepEqual(paths(problems), [`parameters.${name}`]);
      assert.match(problems[0]?.allowed ?? "", /^remove it: (CNPG|sharedPreloadLibraries has them)/);
    }
  });

  it("may belong to an extension, under its name and one dot", () => {
    assert.deepEqual(
      decide({ "pg_stat_statements.max": "10000", "auto_explain.log_min_duration": "1s" }).problems,
      [],
    );
    for (const name of ["a.b.c", "work-mem", "", "1st", ".x", "x.", "work mem"])
      assert.deepEqual(paths(decide({ [name]: "1" }).problems), [`parameters.${name}`], name);
  });

  it("refuse memory that Postgres would not read", () => {
    for (const value of ["256 MiB", "1Gi", "256mb", "-1", "lots", "256m", "", "64kB"]) {
      const { problems } = decide({ shared_buffers: value });
      assert.deepEqual(paths(problems), ["parameters.shared_buffers"], value);
    }
  });

  it("refuse a max_connections with which Postgres does not start: none, those it reserves, more than it has", () => {
    for (const value of ["0", "-5", "many", "3", "262144", "999999"])
      assert.deepEqual(
        paths(decide({ max_connections: value, work_mem: "64kB" }).problems).filter(
          (p) => p !== "resources.memory",
        ),
        ["parameters.max_connections"],
        value,
      );
    assert.equal(decide({ max_connections: "250" }).values.max_connections, "250");
    // CNPG reads some too, as digits alone.
    const { values } = decide({ max_connections: "0x40", max_wal_senders: " 2e1", work_mem: "0x400kB" });
    assert.deepEqual(
      [values.max_connections, values.max_wal_senders, values.work_mem],
      ["64", "20", "0x400kB"],
    );
    assert.deepEqual(paths(decide({ reserved_connections: "97" }).problems), [
      "parameters.reserved_connections",
    ]);
  });

  it("keep min_wal_size below max_wal_size, which CNPG asks for, however small that is", () => {
    for (const [most, least] of [
      ["33MB", "32MB"],
      ["64MB", "63MB"],
      ["1GB", "128MB"],
    ]) {
      const { values, problems } = decide({ max_wal_size: most ?? "" });
      assert.deepEqual([values.min_wal_size, problems], [least, []]);
    }
    for (const value of ["32MB", "1kB", "0kB"])
      assert.deepEqual(paths(decide({ max_wal_size: value }).problems), ["parameters.max_wal_size"], value);
  });

  it("are read by CNPG as by Postgres, where both read them", () => {
    for (const name of ["shared_buffers", "max_wal_size", "min_wal_size"]) {
      for (const value of ["512MB ", "512.0", "\t512MB"])
        assert.deepEqual(
          paths(decide({ [name]: value }).problems),
          [`parameters.${name}`],
          `${name}=${value}`,
        );
      for (const value of ["512MB", "0.5GB", " 512 MB", "524288kB", "536870912B"])
        assert.deepEqual(decide({ [name]: value }).problems, [], `${name}=${value}`);
    }
    assert.deepEqual(paths(decide({ shared_buffers: "65536" }).problems), ["parameters.shared_buffers"]);
    assert.deepEqual(decide({ max_wal_size: "512", min_wal_size: "256" }).problems, []);
  });

  it("count the autovacuum workers that are asked for into the memory", () => {
    const { problems } = decide({ autovacuum_max_workers: "30", maintenance_work_mem: "256MB" });
    assert.deepEqual(paths(problems), ["resources.memory"]);
  });

  it("are refused, each with a name that may be meant, where this Postgres has none of them", () => {
    const allowed = (name: string, major = 17, official = true) =>
      decide({ [name]: "on" }, { major, official }).problems.map((problem) => problem.allowed)[0];
    assert.equal(allowed("wrok_mem"), "a parameter of Postgres 17; did you mean work_mem?");
    assert.equal(
      allowed("Checkpoint_Timeuot"),
      "a parameter of Postgres 17; did you mean checkpoint_timeout?",
    );
    assert.equal(allowed("io_method"), "a parameter of Postgres 17: this one is there in Postgres 18 only");
    assert.equal(
      allowed("old_snapshot_threshold"),
      "a parameter of Postgres 17: this one is there in Postgres 14 to 16 only",
    );
    assert.equal(allowed("quite_another_thing"), "a parameter of Postgres 17; there is none of this name");
    assert.equal(
      allowed("pg_stat_statement.max"),
      "a parameter that an extension reads; did you mean pg_stat_statements.max?",
    );
    assert.equal(
      allowed("pg_cron.log_run"),
      "a parameter that an extension reads; did you mean cron.log_run?",
    );
    assert.equal(
      allowed("auto_explain.log_min_durations"),
      "a parameter of auto_explain: auto_explain.log_min_duration",
    );
    assert.equal(allowed("server_version"), "remove it: Postgres tells it, and does not let it be set");
    assert.equal(allowed("cnpg.config_sha256"), "remove it: CNPG keeps parameters under cnpg. for itself");
    // A Postgres of one's own can have others.
    assert.equal(allowed("edb_redwood_date", 17, false), undefined);
    assert.equal(allowed("wrok_mem", 17, false), "a parameter of Postgres 17; did you mean work_mem?");
  });

  it("have one name in whatever letters, and are declared under the name that Postgres gives them", () => {
    const { values, problems } = decide({ Work_Mem: "8MB", datestyle: "ISO, DMY", vacuum_mem: "64MB" });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [values.work_mem, values.DateStyle, values.maintenance_work_mem, values.Work_Mem],
      ["8MB", "ISO, DMY", "64MB", undefined],
    );
    assert.deepEqual(decide({ work_mem: "8MB", WORK_MEM: "9MB" }).problems, [
      {
        path: "parameters.WORK_MEM",
        value: "9MB",
        allowed: "remove it: to Postgres it is the same as work_mem, which is set already",
      },
    ]);
  });

  it("are refused where they end archiving or lose data, in whatever letters and spelling", () => {
    for (const [name, ...values] of [
      ["archive_library", "basic_archive"],
      ["archive_timeout", "0", "0s", "0min", " 0", "0x0", "400ms", "0d"],
      ["FSYNC", "off", "Off", "of", "false", "f", "no", "n", "0"],
      ["Full_Page_Writes", "off"],
      ["zero_damaged_pages", "on", "TRUE", "t", "yes", "1"],
      ["ignore_checksum_failure", "on"],
      ["ignore_invalid_pages", "on"],
      ["session_replication_role", "replica", "REPLICA"],
      ["AutoVacuum", "off"],
      ["password_encryption", "md5", "MD5"],
      ["ssl_min_protocol_version", "TLSv1", "tlsv1.1"],
      ["huge_pages", "on", "yes", "1"],
    ] as const)
      for (const value of values)
        assert.deepEqual(
          paths(decide({ [name]: value }).problems),
          [`parameters.${name}`],
          `${name}: ${value}`,
        );
  });

  it("are taken where they are as safe as by default", () => {
    const safe = {
      archive_library: "",
      archive_timeout: "1min",
      FSYNC: "on",
      full_page_writes: "yes",
      zero_damaged_pages: "off",
      synchronous_commit: "off",
      autovacuum: "1",
      password_encryption: "scram-sha-256",
      ssl_min_protocol_version: "TLSv1.2",
      ssl_max_protocol_version: "TLSv1.2",
      huge_pages: "try",
    };
    assert.deepEqual(decide(safe).problems, []);
  });

  it("leave versions of TLS in between", () => {
    assert.deepEqual(paths(decide({ ssl_max_protocol_version: "TLSv1.2" }).problems), [
      "parameters.ssl_max_protocol_version",
    ]);
  });

  it("name only parameters that there are in the table of dangers", () => {
    for (const { name } of dangers) assert(majorsOf(name).length > 0, name);
    assert.equal(new Set(dangers.map(({ name }) => name)).size, dangers.length);
  });

  it("are those that the docstring of the list promises: none of them is derived here", () => {
    for (const name of Object.keys(decide().values)) assert(!fixedParameters.has(name), name);
    const source = readFileSync(join(__dirname, "../../../components/cluster/fixedParameters.ts"), "utf8");
    const listed = [...source.matchAll(/^ {2}"([^"]+)",$/gm)].map((m) => m[1] ?? "");
    assert.deepEqual(listed, [...listed].sort());
    assert.equal(new Set(listed).size, listed.length);
  });
});
