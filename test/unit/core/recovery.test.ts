import assert from "node:assert/strict";
import fc from "fast-check";
import { ignoredClusterChanges, ignoredSourceChanges } from "../../../components/cluster/ignoredChanges";
import type { RecoverFromArgs } from "../../../components/index";
import { iamMember, parseInstant } from "../../../components/units";
import { agreements } from "../../../offline/agreement";
import { validateManifest } from "../../../offline/validate";
import { manifestsOf } from "../../helpers/manifestsOf";
import { paths } from "../../helpers/samples";
import { plan, source } from "./recovered";

describe("A cluster that is recovered from another's archive", () => {
  it("says database, owner, secret and both server names, and begins in one way only", () => {
    const { cluster, problems } = plan({ recoverFrom: source });
    assert.deepEqual(problems, []);
    assert.deepEqual(cluster.spec.bootstrap, {
      recovery: {
        source: "source",
        database: "orders",
        owner: "shop",
        secret: { name: "orders-db-shop-credentials" },
      },
    });
    assert.deepEqual(cluster.spec.externalClusters, [
      {
        name: "source",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "orders-db-source", serverName: "orders-db-g1" },
        },
      },
    ]);
    assert.deepEqual(cluster.spec.plugins?.[0]?.parameters, {
      barmanObjectName: "orders-db-backup",
      serverName: "orders-db-g1",
    });
    assert.doesNotMatch(JSON.stringify(cluster.spec), /postInit|skipEmptyWalArchiveCheck/);
  });

  it("reads its source through a store of its own, which deletes nothing there", () => {
    const { cluster } = plan(
      { recoverFrom: source },
      { backups: { env: { NO_PROXY: "x" }, walParallel: 4 } },
    );
    const { name, spec } = cluster.recovery?.objectStore ?? {};
    assert.equal(name, "orders-db-source");
    assert.equal(spec?.retentionPolicy, undefined);
    assert.deepEqual(spec?.configuration, {
      destinationPath: "gs://acme-prod-backups/cnpg/orders-db",
      googleCredentials: { gkeEnvironment: true },
      wal: { maxParallel: 4 },
    });
    assert.deepEqual(spec?.instanceSidecarConfiguration?.env, [{ name: "NO_PROXY", value: "x" }]);
  });

  it("has it in the Cluster with the in-tree method, with its server name", () => {
    const system = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie";
    const { cluster, problems } = plan(
      { image: system, recoverFrom: { ...source, cluster: "shop" } },
      { backups: { method: "inTree" } },
    );
    assert.deepEqual(problems, []);
    assert.equal(cluster.recovery?.objectStore, undefined);
    const external = cluster.spec.externalClusters?.[0];
    assert.equal(external?.barmanObjectStore?.destinationPath, "gs://acme-prod-backups/cnpg/shop");
    assert.equal(external?.barmanObjectStore?.serverName, "orders-db-g1");
    assert.equal(external?.plugin, undefined);
  });

  it("renders each end of a recovery as CNPG calls it", () => {
    const backupID = "20261120T030000";
    for (const [target, expected] of [
      [{ time: "2026-11-21T03:00:00Z" }, { targetTime: "2026-11-21T03:00:00Z" }],
      [{ time: "2026-11-21 04:00:00.25+01" }, { targetTime: "2026-11-21T04:00:00.25+01:00" }],
      [
        { lsn: "0/3000060", inclusive: false },
        { targetLSN: "0/3000060", exclusive: true },
      ],
      [
        { xid: "4711", backupID, inclusive: true },
        { targetXID: "4711", backupID },
      ],
      [
        { name: "before", backupID, timeline: "2" },
        { targetName: "before", backupID, targetTLI: "2" },
      ],
      [
        { immediate: true, backupID },
        { targetImmediate: true, backupID },
      ],
      [{ backupID }, { backupID }],
      [{}, undefined],
    ] as const) {
      const { cluster, environment, problems } = plan({ recoverFrom: { ...source, target } });
      assert.deepEqual(problems, []);
      assert.deepEqual(cluster.spec.bootstrap?.recovery?.recoveryTarget, expected);
      for (const manifest of manifestsOf(environment)) assert.deepEqual(validateManifest(manifest), []);
    }
  });

  it("is made of its own former generation in place, which needs no grant", () => {
    const { cluster, environment, problems } = plan({ generation: 3, recoverFrom: { generation: 1 } });
    assert.deepEqual(problems, []);
    assert.equal(cluster.recovery?.source?.destinationPath, cluster.backup?.location.destinationPath);
    assert.equal(cluster.recovery?.source?.serverName, "orders-db-g1");
    assert.equal(cluster.backup?.location.serverName, "orders-db-g3");
    assert.deepEqual(
      environment.identity.grants.map(({ role }) => role),
      ["roles/storage.objectUser", "roles/storage.bucketViewer"],
    );
  });

  it("is made of a former archive that had another name", () => {
    const { cluster, problems } = plan({ recoverFrom: { serverName: "before" } });
    assert.deepEqual(problems, []);
    assert.equal(cluster.recovery?.inPlace, true);
    assert.equal(cluster.recovery?.source?.serverName, "before");
  });

  it("is accepted in the bucket of its source only with an account that can't write there", () => {
    const own = "acme-dev-dev-postgres-backups";
    const recoverFrom = { ...source, bucket: own, cluster: "shop" };
    assert.deepEqual(paths(plan({ recoverFrom }).problems), ["clusters.orders-db.recoverFrom.bucket"]);
    assert.deepEqual(plan({ recoverFrom }, { backups: { identity: "perCluster" } }).problems, []);
  });

  it("never archives where its source does, whatever the coordinates", () => {
    const part = fc.constantFrom("cnpg", "orders-db", "orders-db-g1", "old");
    const prefix = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const bucket = fc.constantFrom("acme-dev-dev-postgres-backups", "acme-prod-backups");
    const coordinates = fc.record({ bucket, objectPrefix: prefix, serverName: part });
    fc.assert(
      fc.property(coordinates, fc.integer({ min: 1, max: 2 }), (where, generation) => {
        const { cluster, problems } = plan(
          { generation, recoverFrom: { ...where, postgresMajor: 17 } },
          { backups: { identity: "perCluster" } },
        );
        const own = cluster.backup?.location;
        if (problems.length > 0 || own === undefined || cluster.recovery === undefined) return;
        assert(cluster.recovery.source?.overlaps(own) === false);
      }),
    );
  });
});

describe("The guard of a recovered Cluster", () => {
  const spec = (recoverFrom: RecoverFromArgs) => plan({ recoverFrom }).cluster.spec;

  it("refuses that it begin in another way, from another archive or to another end", () => {
    const changed = (before: unknown, after: unknown) =>
      ignoredClusterChanges(before, after).map(({ path }) => path);
    const recovered = spec(source);
    assert.deepEqual(changed(recovered, recovered), []);
    assert.deepEqual(changed(plan({}).cluster.spec, recovered), [
      "spec.bootstrap.initdb",
      "spec.bootstrap.recovery",
    ]);
    assert.deepEqual(changed(recovered, spec({ ...source, serverName: "orders-db-g2" })), [
      "spec.externalClusters[]",
    ]);
    const target = { time: "2026-11-21T03:00:00Z" };
    assert.deepEqual(changed(recovered, spec({ ...source, target })), [
      "spec.bootstrap.recovery.recoveryTarget",
    ]);
  });

  it("refuses another place of its source, and takes another way to read it", () => {
    const store = (bucket: string) =>
      plan({ recoverFrom: { ...source, bucket } }).cluster.recovery?.objectStore?.spec;
    assert.deepEqual(
      ignoredSourceChanges(store("acme-prod-backups"), store("acme-old-backups")).map(({ path }) => path),
      ["spec.configuration.destinationPath"],
    );
    assert.deepEqual(ignoredSourceChanges(store("acme-prod-backups"), store("acme-prod-backups")), []);
    assert.deepEqual(ignoredClusterChanges(spec(source), spec({ ...source, method: "inTree" })), []);
  });
});

describe("A moment", () => {
  it("is read with its zone, as RFC 3339 and as Postgres prints it, and means the same", () => {
    for (const text of [
      "2026-11-21T03:00:00Z",
      "2026-11-21T04:00:00+01:00",
      "2026-11-21 04:00:00+01",
      "2026-11-21 02:30:00.000000-0030",
      "2026-11-20 19:00:00 -08",
    ]) {
      const parsed = parseInstant(text);
      assert(parsed.ok, text);
      assert.equal(parsed.value.millis, Date.UTC(2026, 10, 21, 3), text);
    }
  });

  it("is none without a zone, and none that no clock shows", () => {
    for (const text of ["2026-11-21T03:00:00", "2026-11-21T24:00:00Z", "2026-11-31T00:00:00Z", "now", ""])
      assert(!parseInstant(text).ok, text);
  });
});

describe("Somebody who may read", () => {
  it("is one account, principal, group or person", () => {
    for (const member of [
      "serviceAccount:cnpg-dev@acme-dev.iam.gserviceaccount.com",
      "serviceAccount:acme-dev.svc.id.goog[orders/orders-db]",
      "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/a/sa/b",
      "group:drill@example.com",
      "user:a.person@example.com",
    ])
      assert(iamMember(member).ok, member);
    for (const member of [
      "allUsers",
      "allAuthenticatedUsers",
      "domain:example.com",
      "someone@example.com",
      "",
    ])
      assert(!iamMember(member).ok, member);
  });
});

describe("The comparison of both halves of a clone", () => {
  const type = (kind: string) =>
    kind === "ObjectStore"
      ? "kubernetes:barmancloud.cnpg.io/v1:ObjectStore"
      : `kubernetes:postgresql.cnpg.io/v1:${kind}`;

  /** What would be declared for a clone, in the bucket of its source or another. */
  function rows(
    change: (grants: { role: string }[]) => { role: string }[],
    bucket = "acme-dev-dev-postgres-backups",
  ): Readonly<Record<string, string>> {
    const { environment, problems } = plan(
      { recoverFrom: { ...source, bucket, cluster: "shop" } },
      { backups: { identity: "perCluster" } },
    );
    assert.deepEqual(problems, []);
    const grants = change([...environment.identity.grants] as { role: string }[]);
    const declared = [
      ...manifestsOf(environment).map((inputs) => ({ type: type(String(inputs.kind)), inputs })),
      ...grants.map((inputs) => ({ type: "gcp:storage/bucketIAMMember:BucketIAMMember", inputs })),
      { type: "gcp:storage/bucket:Bucket", inputs: { name: environment.bucket?.name } },
    ].map((one, i) => ({ ...one, urn: `urn:pulumi:dev::project::${one.type}::${i}` }));
    const [compared] = agreements(declared as Parameters<typeof agreements>[0]);
    return Object.fromEntries((compared?.rows ?? []).slice(-2).map(({ what, verdict }) => [what, verdict]));
  }
  const [reader, apart] = ["read grant ⇄ recovery source", "source can't be written to"];

  it("finds the grant to read its source, and none to write there", () => {
    for (const bucket of [undefined, "acme-prod-postgres-backups"])
      assert.deepEqual(
        rows((grants) => grants, bucket),
        { [reader]: "agrees", [apart]: "agrees" },
      );
  });

  it("misses a grant that was not declared, and can't tell where the bucket is another stack's", () => {
    const without = (bucket?: string) =>
      rows((grants) => grants.filter(({ role }) => role !== "roles/storage.objectViewer"), bucket);
    assert.deepEqual(without(), { [reader]: "disagrees", [apart]: "agrees" });
    assert.deepEqual(without("acme-prod-postgres-backups"), { [reader]: "unknown", [apart]: "unknown" });
  });

  it("sees a role that would let it write to its source", () => {
    const wide = (grants: { role: string }[]) =>
      grants.map((grant) =>
        grant.role === "roles/storage.objectViewer" ? { ...grant, role: "roles/storage.objectUser" } : grant,
      );
    assert.equal(rows(wide, "acme-prod-postgres-backups")[apart], "disagrees");
    // Within one bucket it is the identity that archives there.
    const everywhere = rows((grants) => grants.map((grant) => ({ ...grant, condition: undefined })));
    assert.equal(everywhere[apart], "unknown");
  });
});
