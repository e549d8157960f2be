import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Check } from "../../../components/check";
import { fixedParameters } from "../../../components/cluster/fixedParameters";
import { decideParameters } from "../../../components/cluster/parameters";
import { Problems } from "../../../components/problems";
import { paths } from "../../helpers/samples";

const GiB = 1n << 30n;

function decide(overrides?: Record<string, string>) {
  const problems = new Problems();
  const basis = {
    memory: 4n * GiB,
    walVolume: 20n * GiB,
    ownWalVolume: true,
    walSegment: 16n << 20n,
    memoryText: "4Gi",
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
      assert.match(problems[0]?.allowed ?? "", /^left out: CNPG/);
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
    for (const value of ["256 MiB", "1Gi", "256mb", "-1", "lots", "256m", ""]) {
      const { problems } = decide({ shared_buffers: value });
      assert.deepEqual(paths(problems), ["parameters.shared_buffers"], value);
    }
  });

  it("refuse a max_connections with which Postgres does not start: none, those it reserves, more than it has", () => {
    for (const value of ["0", "-5", "1e3", "many", "3", "262144", "999999"])
      assert.deepEqual(
        paths(decide({ max_connections: value, work_mem: "64kB" }).problems).filter(
          (p) => p !== "resources.memory",
        ),
        ["parameters.max_connections"],
        value,
      );
    assert.equal(decide({ max_connections: "250" }).values.max_connections, "250");
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

  it("are those that the docstring of the list promises: none of them is derived here", () => {
    for (const name of Object.keys(decide().values)) assert(!fixedParameters.has(name), name);
    const source = readFileSync(join(__dirname, "../../../components/cluster/fixedParameters.ts"), "utf8");
    const listed = [...source.matchAll(/^ {2}"([^"]+)",$/gm)].map((m) => m[1] ?? "");
    assert.deepEqual(listed, [...listed].sort());
    assert.equal(new Set(listed).size, listed.length);
  });
});
