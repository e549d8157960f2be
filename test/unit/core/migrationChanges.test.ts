import assert from "node:assert/strict";
import { ignoredClusterChanges } from "../../../components/cluster/ignoredChanges";
import { unbornReplica } from "../../../components/migration/changes";
import type { Fields } from "../../helpers/mocks";
import { paths } from "../../helpers/samples";

describe("Changes of what a live Cluster follows", () => {
  const standalone = (enabled: boolean) => ({ replica: { enabled, source: "source" } });
  const topology = (primary: string) => ({ replica: { self: "south", primary, source: "source" } });
  const copied = (serverName: string, more: object) => ({
    bootstrap: { recovery: { source: "source" } },
    externalClusters: [{ name: "source", plugin: { parameters: { serverName } } }],
    ...more,
  });
  const cases: [string, Fields, Fields, string[]][] = [
    ["a primary that is to follow", {}, standalone(true), ["spec.replica.enabled"]],
    ["a promoted one that is to follow again", standalone(false), standalone(true), ["spec.replica.enabled"]],
    ["a replica whose section is taken out", standalone(true), {}, ["spec.replica"]],
    ["a replica of a topology whose section is taken out", topology("source"), {}, ["spec.replica"]],
    ["a promotion", standalone(true), standalone(false), []],
    ["a promoted one whose section is taken out", standalone(false), {}, []],
    ["a primary that joins a topology", {}, topology("south"), []],
    [
      "a copy whose source has another archive now",
      copied("g1", {}),
      copied("g2", {}),
      ["spec.externalClusters[]"],
    ],
    [
      "one of a topology whose other one was made anew",
      copied("g1", topology("south")),
      copied("g2", topology("south")),
      [],
    ],
    ["a primary of a topology that hands over", topology("south"), topology("source"), []],
    ["a replica of a topology that takes over", topology("source"), topology("south"), []],
    ["a replica that joins a topology", standalone(true), topology("source"), []],
  ];
  for (const [what, before, after, refused] of cases)
    it(`${refused.length > 0 ? "are refused" : "pass"}: ${what}`, () => {
      assert.deepEqual(paths(ignoredClusterChanges(before, after)), refused);
    });

  const initdb = { database: "orders", owner: "shop" };
  const imported = (databases: string[]) => ({
    bootstrap: { initdb: { ...initdb, import: { type: "microservice", databases } } },
  });
  it("pass when an import that is done is taken out, and are refused when it is another, or new", () => {
    assert.deepEqual(paths(ignoredClusterChanges(imported(["a"]), { bootstrap: { initdb } })), []);
    for (const before of [imported(["b"]), { bootstrap: { initdb } }])
      assert.deepEqual(paths(ignoredClusterChanges(before, imported(["a"]))), [
        "spec.bootstrap.initdb.import",
      ]);
  });
});

describe("A Cluster that is created", () => {
  const replica = { self: "south", primary: "source", source: "source" };
  const cases: [string, Fields, string[]][] = [
    ["as a replica of nothing", { replica, bootstrap: { initdb: {} } }, ["spec.replica.primary"]],
    ["as a replica of an archive", { replica, bootstrap: { recovery: {} } }, []],
    ["as a primary", { replica: { ...replica, primary: "south" }, bootstrap: { initdb: {} } }, []],
    ["by itself", { bootstrap: { initdb: {} } }, []],
  ];
  for (const [how, spec, refused] of cases)
    it(`${refused.length > 0 ? "is refused" : "passes"} ${how}`, () => {
      assert.deepEqual(paths(unbornReplica(spec)), refused);
    });
});
