import assert from "node:assert/strict";
import type { ClusterArgs } from "../../../components";
import { ignoredClusterChanges } from "../../../components/cluster/ignoredChanges";
import { decideEnvironment } from "../../../components/environment/decide";
import { Problems } from "../../../components/problems";
import { environmentArgs } from "../../helpers/samples";

const image = (version: string, release = "trixie") =>
  `ghcr.io/cloudnative-pg/postgresql:${version}-standard-${release}`;

function decided(changes: Partial<ClusterArgs>) {
  const problems = new Problems();
  const cluster = { namespace: "orders", image: image("17.6"), ...changes };
  const { clusters } = decideEnvironment(problems, "dev", environmentArgs({ "orders-db": cluster }));
  return { plan: clusters[0]?.plan, problems: problems.list };
}

function planOf(changes: Partial<ClusterArgs>) {
  const { plan, problems } = decided(changes);
  assert.deepEqual(problems, []);
  assert(plan !== undefined);
  return plan;
}

/** What is refused of a change of a live cluster, as `path: allowed`. */
function refused(before: Partial<ClusterArgs>, after: Partial<ClusterArgs>): string[] {
  const [was, is] = [planOf(before), planOf(after)];
  return ignoredClusterChanges(was.spec, is.spec, is.upgrade).map(
    ({ path, allowed }) => `${path}: ${allowed}`,
  );
}

const collated = { initdb: { localeCollate: "en_US.UTF-8", localeCType: "en_US.UTF-8" } };

describe("Another major version of Postgres on a live cluster", () => {
  it("is refused in the archive of the one before, with the operation that moves it", () => {
    const [only = "", ...more] = refused({}, { image: image("18.2") });
    assert.deepEqual(more, []);
    assert.match(only, /^spec\.imageName: Postgres 17, or upgrade: \{ fromMajor: 17 \} beside it/);
  });

  it("is refused through an image catalog as well", () => {
    const spec = (major: number) => ({
      ...planOf({}).spec,
      imageName: undefined,
      imageCatalogRef: { name: "postgres", major },
    });
    const [only] = ignoredClusterChanges(spec(17), spec(18));
    assert.equal(only?.path, "spec.imageCatalogRef.major");
  });

  it("archives under another server name once it is announced, and ends with a base backup there", () => {
    const upgrade = { fromMajor: 17 };
    assert.deepEqual(refused({}, { image: image("18.2"), upgrade }), []);
    const plan = planOf({ image: image("18.2"), upgrade });
    assert.equal(plan.backup?.location.serverName, "orders-db-g1-pg18");
    assert.deepEqual(
      plan.manualBackups.map(({ object }) => [object.name, object.after]),
      [["orders-db-pg18", ["cluster"]]],
    );
  });

  it("archives under the name that the stack file says, where it says another one", () => {
    const named = { image: image("18.2"), backup: { serverName: "orders-db-pg18" } };
    assert.deepEqual(refused({}, named), []);
    assert.deepEqual(refused({}, { ...named, upgrade: { fromMajor: 17 } }), []);
    assert.equal(planOf(named).backup?.location.serverName, "orders-db-pg18");
    // What moves the archive without an upgrade still does.
    assert.deepEqual(
      refused({}, { backup: named.backup }).map((text) => text.split(":")[0]),
      ["spec.plugins[].parameters"],
    );
  });

  it("is no reason to move the archive to another folder, or bucket", () => {
    const moved = { image: image("18.2"), upgrade: { fromMajor: 17 } };
    const [was, is] = [planOf({}), planOf(moved)];
    const spec = {
      ...is.spec,
      plugins: [{ ...is.spec.plugins?.[0], parameters: { barmanObjectName: "b", serverName: "c" } }],
    };
    assert.deepEqual(
      ignoredClusterChanges(was.spec, spec, is.upgrade).map(({ path }) => path),
      ["spec.imageName", "spec.plugins[].parameters"],
    );
  });

  it("is refused backwards, and from another version than the one that runs", () => {
    assert.match(
      refused({ image: image("18.2") }, {})[0] ?? "",
      /^spec\.imageName: Postgres 18, or a newer one/,
    );
    assert.match(
      refused({}, { image: image("18.2"), upgrade: { fromMajor: 16 } }).join(),
      /^upgrade\.fromMajor: 17, which it runs now$/,
    );
  });

  it("is not what a minor version is, nor the same cluster once it is upgraded", () => {
    assert.deepEqual(refused({}, { image: image("17.7") }), []);
    const done = { image: image("18.2"), upgrade: { fromMajor: 17 } };
    assert.deepEqual(refused(done, done), []);
    assert.deepEqual(refused(done, { ...done, image: image("18.3") }), []);
    // To take the setting out would move the archive back.
    assert.deepEqual(
      refused(done, { image: image("18.2") }).map((text) => text.split(":")[0]),
      ["spec.plugins[].parameters"],
    );
  });

  it("is announced from a version below that of the image", () => {
    for (const fromMajor of [17, 18, 12, 17.5])
      assert.deepEqual(
        decided({ upgrade: { fromMajor } }).problems.map(({ path }) => path),
        ["clusters.orders-db.upgrade.fromMajor"],
      );
  });

  it("needs nothing without backups", () => {
    const without = { backup: { enabled: false } };
    assert.deepEqual(refused(without, { ...without, image: image("18.2") }), []);
    assert.deepEqual(
      planOf({ ...without, image: image("18.2"), upgrade: { fromMajor: 17 } }).manualBackups,
      [],
    );
  });
});

describe("Another Debian release of the image of a live cluster", () => {
  const bookworm = { image: image("17.6", "bookworm") };

  it("is taken where text is sorted by code point, or by Postgres itself", () => {
    for (const initdb of [
      {},
      { localeCollate: "C.UTF-8", localeCType: "POSIX" },
      { localeProvider: "builtin", builtinLocale: "C.UTF-8" },
    ])
      assert.deepEqual(refused({ ...bookworm, initdb }, { initdb }), []);
  });

  it("is refused where a library of the image sorts it, until somebody says that indexes are rebuilt", () => {
    const sorted: [Partial<ClusterArgs>, RegExp][] = [
      [collated, /initdb\.localeCollate: en_US\.UTF-8; initdb\.localeCType: en_US\.UTF-8/],
      [{ initdb: { localeProvider: "icu", icuLocale: "en-US" } }, /initdb\.icuLocale: en-US/],
      [{ databases: { orders: { locale: "de_DE.UTF-8" } } }, /databases\.orders\.locale: de_DE\.UTF-8/],
      [
        {
          databases: { orders: {} },
          recoverFrom: { bucket: "b-prod", serverName: "g1", postgresMajor: 17 },
        },
        /recoverFrom, whose source may have any locale/,
      ],
    ];
    for (const [settings, why] of sorted) {
      const [only = "", ...more] = refused({ ...bookworm, ...settings }, settings);
      assert.deepEqual(more, []);
      assert.match(
        only,
        /^spec\.imageName: an image of bookworm, or upgrade: \{ reindexFor: trixie \} beside it/,
      );
      assert.match(only, why);
      assert.deepEqual(
        refused({ ...bookworm, ...settings }, { ...settings, upgrade: { reindexFor: "trixie" } }),
        [],
      );
    }
  });

  it("is announced for the release of the image, and no other", () => {
    assert.deepEqual(
      decided({ ...collated, upgrade: { reindexFor: "forky" } }).problems.map(({ path, allowed }) => [
        path,
        allowed,
      ]),
      [["clusters.orders-db.upgrade.reindexFor", "trixie, the Debian release of the image"]],
    );
  });
});
