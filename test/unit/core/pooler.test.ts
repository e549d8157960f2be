import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Check } from "../../../components/check";
import { decidePoolerParameters, poolerParameterNames } from "../../../components/pooler/parameters";
import { Problems } from "../../../components/problems";
import { certificateDnsName, clusterDnsNames, serviceDnsNames } from "../../../components/tls/dnsNames";
import { Workload } from "../../../components/units/workload";
import { coversService } from "../../../policies/core/certificates";
import { poolerParameters } from "../../../policies/core/poolers";

/** What is said of one value. */
function said(name: string, value: string): string[] {
  const problems = new Problems();
  decidePoolerParameters(new Check(problems), { [name]: value });
  return problems.list.map(({ allowed }) => allowed);
}

describe("PgBouncer's parameters", () => {
  it("are the same 57 in the components, in the rules and in the documentation", () => {
    assert.equal(poolerParameterNames.length, 57);
    assert.deepEqual([...poolerParameters].sort(), poolerParameterNames);
    const page = readFileSync(join(__dirname, "../../../docs/pooler.md"), "utf8");
    const [, list = ""] = /can stand under `parameters` are[^\n]*\n([^#]*)\n\n/.exec(page) ?? [];
    const named = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    assert.deepEqual(named, poolerParameterNames);
  });

  it("have the defaults under what is given, by name", () => {
    const problems = new Problems();
    const given = { verbose: "1", default_pool_size: "5" };
    assert.deepEqual(Object.entries(decidePoolerParameters(new Check(problems), given)), [
      ["default_pool_size", "5"],
      ["max_client_conn", "1000"],
      ["verbose", "1"],
    ]);
    assert.deepEqual(problems.list, []);
  });

  const values: readonly [name: string, good: readonly string[], bad: readonly string[]][] = [
    ["default_pool_size", ["0", "20"], ["-1", "1.5", "", "20 ", "1e3", "99999999999"]],
    ["max_client_conn", ["1"], ["0", "many"]],
    ["pkt_buf", ["512", "4096"], ["0", "511"]],
    ["query_timeout", ["0", "30", "0.5"], ["30s", "-1", ".5", "1min"]],
    ["log_connections", ["0", "1"], ["on", "true", "2", ""]],
    ["client_tls_sslmode", ["disable", "verify-full"], ["verify_full", "TLS"]],
    ["server_tls_sslmode", ["require", "verify-ca", "verify-full"], ["prefer", "disable"]],
    ["auth_type", ["hba", "scram-sha-256", "md5"], ["any", "trust", "plain"]],
    ["server_reset_query", ["DISCARD ALL", ""], ["DISCARD ALL\nauth_type = trust", "x\r"]],
  ];
  for (const [name, good, bad] of values)
    it(`are read as PgBouncer reads them: ${name}`, () => {
      for (const value of good) assert.deepEqual(said(name, value), [], value);
      for (const value of bad) assert.equal(said(name, value).length, 1, value);
    });

  it("that there are not are refused, also those called like something of JavaScript's own", () => {
    for (const name of ["pool_mode", "constructor", "Verbose", ""])
      assert.match(said(name, "1")[0] ?? "", /remove it|called poolMode/, name);
  });
});

describe("The names of a server certificate", () => {
  const workload = new Workload("orders", "orders-db");

  it("are those of each Service in the four forms in which pods resolve it", () => {
    const names = clusterDnsNames(workload);
    assert.equal(names.length, 12);
    assert(names.includes(workload.host("ro")));
    assert.deepEqual(serviceDnsNames("a", "b"), ["a", "a.b", "a.b.svc", "a.b.svc.cluster.local"]);
    for (const name of names) assert(certificateDnsName(name).ok, name);
  });

  it("are what the rules look for, in each of these forms and in wildcards", () => {
    for (const name of serviceDnsNames("orders-db-rw", "orders"))
      assert(coversService([name], "orders-db-rw", "orders"), name);
    for (const name of ["*.orders", "*.orders.svc", "*.orders.svc.cluster.local", "ORDERS-DB-RW.orders"])
      assert(coversService([name], "orders-db-rw", "orders"), name);
    for (const name of [
      "*",
      "orders-db-r",
      "orders-db-rw.other",
      "x.orders-db-rw",
      "*.svc",
      "orders-db-rw.orders.com",
    ])
      assert(!coversService([name], "orders-db-rw", "orders"), name);
    assert(coversService(["orders-db-rw.any.svc"], "orders-db-rw", undefined));
  });

  it("may be wildcards, and no IP addresses", () => {
    for (const name of ["db", "*.db.example.com", "a-1.b", "1.example.com"])
      assert(certificateDnsName(name).ok, name);
    for (const name of [
      "",
      ".",
      "a..b",
      "-a",
      "a_b",
      "10.0.0.1",
      "a.*.b",
      `${"a".repeat(64)}.b`,
      "Ä.b",
      "a.",
    ])
      assert(!certificateDnsName(name).ok, name);
  });
});
