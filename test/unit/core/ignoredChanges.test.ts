import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ignoredClusterChanges, ignoredObjectStoreChanges } from "../../../components/cluster/ignoredChanges";
import { deepFreeze, type Fields } from "../../helpers/mocks";
import { paths } from "../../helpers/samples";

const before = deepFreeze({
  instances: 2,
  imageName: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
  bootstrap: {
    initdb: {
      database: "orders",
      owner: "orders",
      dataChecksums: true,
      encoding: "UTF8",
      secret: { name: "login" },
      postInitSQL: ["SELECT 1"],
    },
  },
  storage: { size: "10Gi", storageClass: "standard" },
  walStorage: { size: "2Gi", storageClass: "standard" },
  plugins: [
    { name: "other", isWALArchiver: false, parameters: {} },
    {
      name: "barman-cloud.cloudnative-pg.io",
      isWALArchiver: true,
      parameters: { barmanObjectName: "db-backup", serverName: "db-g1" },
    },
  ],
});

/** The same with the value at a path changed, or taken out. */
function changed(path: string, value: unknown): Fields {
  const copy = structuredClone(before) as Fields;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const holder = keys.reduce<Fields>((inner, key) => inner[key] as Fields, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

describe("Changes of a live Cluster that CNPG ignores", () => {
  const refused: [string, unknown, string][] = [
    ["bootstrap.initdb.database", "other", "spec.bootstrap.initdb.database"],
    ["bootstrap.initdb.owner", "other", "spec.bootstrap.initdb.owner"],
    ["bootstrap.initdb.dataChecksums", false, "spec.bootstrap.initdb.dataChecksums"],
    ["bootstrap.initdb.encoding", undefined, "spec.bootstrap.initdb.encoding"],
    ["bootstrap.initdb.walSegmentSize", 64, "spec.bootstrap.initdb.walSegmentSize"],
    ["bootstrap.initdb.localeCollate", "de_DE", "spec.bootstrap.initdb.localeCollate"],
    ["bootstrap.initdb", undefined, "spec.bootstrap.initdb"],
    ["bootstrap.recovery", { source: "x" }, "spec.bootstrap.recovery"],
    ["bootstrap.pg_basebackup", { source: "x" }, "spec.bootstrap.pg_basebackup"],
    ["storage.storageClass", "fast", "spec.storage.storageClass"],
    ["storage.storageClass", undefined, "spec.storage.storageClass"],
    ["walStorage.storageClass", "fast", "spec.walStorage.storageClass"],
    ["plugins.1.parameters.serverName", "db-g2", "spec.plugins[].parameters"],
    ["plugins.1.parameters.barmanObjectName", "elsewhere", "spec.plugins[].parameters"],
  ];
  for (const [path, value, reported] of refused) {
    it(`are refused: ${path} to ${JSON.stringify(value) ?? "nothing"}`, () => {
      assert.deepEqual(paths(ignoredClusterChanges(before, changed(path, value))), [reported]);
    });
  }

  const harmless: [string, unknown][] = [
    ["instances", 3],
    ["imageName", "ghcr.io/cloudnative-pg/postgresql:17.7-standard-trixie"],
    ["storage.size", "20Gi"],
    ["storage.resizeInUseVolumes", false],
    ["walStorage", undefined],
    ["bootstrap.initdb.secret", { name: "other" }],
    ["bootstrap.initdb.postInitSQL", undefined],
    ["bootstrap.initdb.postInitApplicationSQL", ["CREATE EXTENSION vector"]],
    ["bootstrap.initdb.postInitTemplateSQL", ["SELECT 1"]],
    ["plugins.0.parameters", { x: "y" }],
    ["affinity", { enablePodAntiAffinity: true }],
    ["managed", { roles: [] }],
  ];
  for (const [path, value] of harmless) {
    it(`are not harmless ones: ${path} to ${JSON.stringify(value) ?? "nothing"}`, () => {
      assert.deepEqual(ignoredClusterChanges(before, changed(path, value)), []);
    });
  }

  it("are refused with what it was, so that it can be put back", () => {
    assert.deepEqual(ignoredClusterChanges(before, changed("bootstrap.initdb.walSegmentSize", 64)), [
      {
        path: "spec.bootstrap.initdb.walSegmentSize",
        value: 64,
        allowed: "remove it: what it was created with: it counts only when a Cluster is created",
      },
    ]);
  });

  it("include a move of the in-tree archive, and from the plugin to in-tree elsewhere", () => {
    const inTree = (path: string, serverName: string) => ({
      backup: { barmanObjectStore: { destinationPath: path, serverName } },
    });
    const moved = ignoredClusterChanges(inTree("gs://a/x", "db-g1"), inTree("gs://b/x", "db-g1"));
    const renamed = ignoredClusterChanges(inTree("gs://a/x", "db-g1"), inTree("gs://a/x", "db-g2"));
    for (const problems of [moved, renamed]) assert.equal(problems.length, 1);
    assert.deepEqual(ignoredClusterChanges(inTree("gs://a/x", "db-g1"), inTree("gs://a/x", "db-g1")), []);
  });

  it("do not include the move from in-tree to the plugin in one archive", () => {
    const inTree = {
      backup: { barmanObjectStore: { destinationPath: "gs://a/cnpg/db", serverName: "db-g1" } },
    };
    const plugin = { plugins: before.plugins };
    assert.deepEqual(ignoredClusterChanges(inTree, plugin), []);
  });

  it("include a switchover in the update with which the plugin comes or goes", () => {
    const inTree = {
      instances: 2,
      backup: { barmanObjectStore: { destinationPath: "gs://a/cnpg/db", serverName: "db-g1" } },
    };
    const plugin = { instances: 2, plugins: before.plugins };
    const switchover = { primaryUpdateMethod: "switchover" };
    for (const [was, is] of [
      [inTree, plugin],
      [plugin, inTree],
    ] as const) {
      const problems = ignoredClusterChanges(was, { ...is, ...switchover });
      assert.deepEqual(
        problems.map(({ path }) => path),
        ["spec.primaryUpdateMethod"],
      );
      for (const good of [{}, { primaryUpdateMethod: "restart" }, { ...switchover, instances: 1 }])
        assert.deepEqual(ignoredClusterChanges(was, { ...is, ...good }), []);
    }
    assert.deepEqual(ignoredClusterChanges(plugin, { ...plugin, ...switchover }), []);
    assert.deepEqual(ignoredClusterChanges(undefined, { ...plugin, ...switchover }), []);
  });

  it("name the field of the section that the in-tree archive stands in", () => {
    const inTree = (path: string) => ({
      backup: { barmanObjectStore: { destinationPath: path, serverName: "s" } },
    });
    const [problem] = ignoredClusterChanges(inTree("gs://a/x"), inTree("gs://b/x"));
    assert.match(problem?.path ?? "", /^spec\.backup\.barmanObjectStore/);
  });

  it("are none for a Cluster that stays as it is, or is new, whatever is in it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (spec) => {
        assert.deepEqual(ignoredClusterChanges(spec, structuredClone(spec)), []);
        assert.deepEqual(ignoredObjectStoreChanges(spec, structuredClone(spec)), []);
      }),
    );
  });

  it("are judged without an error, whatever the engine hands over", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (was, is) => {
        for (const { path } of [...ignoredClusterChanges(was, is), ...ignoredObjectStoreChanges(was, is)])
          assert.match(path, /^spec\./);
      }),
    );
  });
});

describe("Changes of a live ObjectStore", () => {
  const store = (path: string, more: Fields = {}) => ({ configuration: { destinationPath: path }, ...more });

  it("are refused where they move the archive", () => {
    assert.deepEqual(ignoredObjectStoreChanges(store("gs://a/x"), store("gs://a/y")), [
      {
        path: "spec.configuration.destinationPath",
        value: "gs://a/y",
        allowed:
          '"gs://a/x": the new place has no base backup yet, and nothing written there could be restored. To leave it there: backup.prefix: x, for this cluster',
      },
    ]);
  });

  it("are let through where they don't", () => {
    assert.deepEqual(
      ignoredObjectStoreChanges(store("gs://a/x"), store("gs://a/x", { retentionPolicy: "9d" })),
      [],
    );
  });
});
